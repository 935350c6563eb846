# One image for every part; the command decides which one it is.
FROM node:24-slim AS pages
WORKDIR /pages
COPY web/ui/package.json web/ui/package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY web/ui ./
RUN npm run build

FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 LEGENDS_ENV=production LEGENDS_HOME=/tmp/legends
RUN useradd --create-home --uid 10001 legends
WORKDIR /app
COPY requirements-image.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements-image.lock
COPY . .
COPY --from=pages /pages/dist web/ui/dist
RUN pip install --no-cache-dir --no-deps --no-build-isolation -e .
USER legends
ENTRYPOINT ["legends"]
CMD ["web", "--host", "0.0.0.0"]
