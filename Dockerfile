# The image that Airbyte runs, and `docker run source-chat …`. For builds that can be repeated to the byte pin the base image:
# `docker buildx imagetools inspect node:24-bookworm-slim` tells its digest, to be written behind the name as @sha256:….
FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json ./
COPY schemas schemas
COPY scripts scripts
COPY src src
RUN npm run build

FROM node:24-bookworm-slim
ENV NODE_ENV=production TZ=UTC
WORKDIR /airbyte/integration_code
COPY package.json LICENSE CHANGELOG.md ./
COPY catalog catalog
COPY --from=build /build/schemas schemas
COPY --from=build /build/dist dist
# `docker run --entrypoint tap-chat …` is the Singer tap.
RUN ln -s /airbyte/integration_code/dist/cli/bin-source-chat.cjs /usr/local/bin/source-chat \
 && ln -s /airbyte/integration_code/dist/cli/bin-tap-chat.cjs /usr/local/bin/tap-chat
# The number, not the name: only of a number does Kubernetes know that it is not root.
USER 1000:1000
# The platform starts what the variable says, people what the entrypoint says: they have to be the same.
ENV AIRBYTE_ENTRYPOINT="node /airbyte/integration_code/dist/cli/bin-source-chat.cjs"
ENTRYPOINT ["node", "/airbyte/integration_code/dist/cli/bin-source-chat.cjs"]
LABEL io.airbyte.name=source-chat io.airbyte.version=0.1.0
