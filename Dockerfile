FROM node:24-slim AS build
WORKDIR /hub
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund
COPY . .
RUN npm run build

FROM node:24-slim
WORKDIR /hub
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 DATABASE_URL=file:/data/hub.db
COPY --from=build /hub /hub
RUN mkdir -p /data data && chown node /data data
USER node
VOLUME /data
EXPOSE 4000
HEALTHCHECK CMD node -e "fetch('http://127.0.0.1:'+process.env.PORT+'/readyz').then((r)=>process.exit(r.ok?0:1),()=>process.exit(1))"
# Without npm in between, so that SIGTERM reaches the hub.
ENTRYPOINT ["node", "src/tools/run.mjs", "main"]
