FROM node:24-slim AS build
WORKDIR /hub
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund
COPY . .
RUN npm run build

# The bundle holds every package but better-sqlite3, which brings its binary.
FROM node:24-slim
WORKDIR /hub
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 DATABASE_URL=file:/hub/data/hub.db
COPY --from=build /hub/package.json ./
COPY --from=build /hub/dist dist
COPY --from=build /hub/drizzle drizzle
COPY --from=build /hub/node_modules/better-sqlite3 node_modules/better-sqlite3
RUN mkdir data && chown node data
USER node
VOLUME /hub/data
EXPOSE 4000
HEALTHCHECK CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((r)=>process.exit(r.ok?0:1),()=>process.exit(1))"]
# Tenants: docker exec <container> node dist/tenant.mjs create --name N
ENTRYPOINT ["node", "dist/main.mjs"]
