"""Payouts: balances on their way to members, from the request to Whop's last word."""
