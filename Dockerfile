# docker-compose.yml -> [Dockerfile] -> cli/autobench.ts
# One image for migrate, worker and server. Node 24 is the base image's and Postgres a service of its own, so the
# optional packages, which bring both from npm elsewhere, are left out. Why not npm ci: see cli/prepare.mjs.
FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm install --no-save --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json ./
COPY process ./process
COPY db ./db
COPY migrations ./migrations
COPY content ./content
COPY worker ./worker
COPY server ./server
COPY web ./web
COPY cli ./cli
USER node
EXPOSE 3000 3001
ENTRYPOINT ["node", "cli/autobench.ts"]
CMD ["help"]
