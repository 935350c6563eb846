"""The pipeline most teams would write, to measure ours beside: one Celery task per webhook.

The same events, the same pure rules, the same servers and as many processes; ORM objects, a
transaction per webhook, sensible production settings. Nothing here is slowed on purpose.
"""
