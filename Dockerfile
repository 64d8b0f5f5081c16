# One box: a static binary and the baked file, nothing else. No shell, no package, no root; the root
# file system may be read-only. See docs/deploy/docker.md.
#
#   docker build -t ekiben .
#   docker build -t ekiben --build-arg DUMPS=dumps .     your own dumps, from ./dumps
#   docker build -t people --build-arg APP=people --build-arg DUMPS=dataset/people .
#
# deploy/image builds it with buildah, so that equal content gets an equal digest.

# A mirror, or an image of your own with Rust and a C compiler: --build-arg RUST_IMAGE=…
ARG RUST_IMAGE=rust:1.95-slim-bookworm
# The app of the image. What is compiled in: that app, or several; `import` for the command of that name, which an
# image that serves has no use for; `datasets` for a binary that carries data of its own.
ARG APP=isuumo
ARG FEATURES=$APP
FROM ${RUST_IMAGE} AS build
WORKDIR /build
# Static, so that the image needs no C library; with an explicit target, build scripts stay dynamic.
# Relative relocations are packed: half a megabyte of addresses that differ by their place alone.
ENV RUSTFLAGS="-C target-feature=+crt-static -C link-arg=-Wl,-z,pack-relative-relocs"
# C is never unwound: SQLite and zstd have no tables for it. What jumps lead to is not aligned: 50 kB of nothing,
# without which both are as fast. Nothing is packed by zstd's levels between the third and the nineteenth, whose
# ways to search are 190 kB; a level among them would be packed by the next way below it that there is. Unpacked are
# dumps and CSV files alone, when the image is built: one way to do so will do for every processor, 70 kB.
ENV CFLAGS="-fno-asynchronous-unwind-tables -falign-jumps=1 \
-DZSTD_EXCLUDE_GREEDY_BLOCK_COMPRESSOR -DZSTD_EXCLUDE_LAZY_BLOCK_COMPRESSOR -DZSTD_EXCLUDE_LAZY2_BLOCK_COMPRESSOR \
-DZSTD_EXCLUDE_BTLAZY2_BLOCK_COMPRESSOR -DZSTD_EXCLUDE_BTOPT_BLOCK_COMPRESSOR \
-DDYNAMIC_BMI2=0 -DHUF_FORCE_DECOMPRESS_X1 -DZSTD_FORCE_DECOMPRESS_SEQUENCES_SHORT"
# How Cargo.toml says to compile: `release`, or `trial` for an image that is only tried. Not yet the app: images
# of several apps share a compilation of all of them.
ARG PROFILE=release
ARG FEATURES

# Dependencies first: this layer is rebuilt only when they change. Cargo wants every member of the
# workspace and every target of their manifests to be there, so each path that a manifest names gets a
# stand-in, and so does each library.
COPY Cargo.toml Cargo.lock ./
COPY .cargo .cargo
COPY crates/datasets/Cargo.toml crates/datasets/
COPY crates/pictures/Cargo.toml crates/pictures/
RUN for manifest in Cargo.toml crates/*/Cargo.toml; do \
      member="$(dirname "$manifest")" \
      && for target in $(sed -n 's/^path = "\(.*\.rs\)"$/\1/p' "$manifest"); do \
        mkdir -p "$member/${target%/*}" && echo 'fn main() {}' > "$member/$target"; \
      done \
      && mkdir -p "$member/src" && : > "$member/src/lib.rs"; \
    done \
 && cargo build --profile "$PROFILE" --locked -p ekiben --no-default-features --features "$FEATURES" --target "$(rustc -vV | sed -n 's/^host: //p')" \
 && rm -r src crates

ARG COMMIT=""
ENV EKIBEN_BUILD_COMMIT=$COMMIT
COPY askama.toml build.rs ./
COPY schema schema
COPY dataset dataset
COPY crates crates
COPY templates templates
# What `ekiben deploy` fills in.
COPY fly.toml ./
COPY deploy deploy
COPY src src
# Fresh times: cargo compares them with those of the stand-ins above.
RUN find crates src -name '*.rs' -exec touch {} + \
 && target="$(rustc -vV | sed -n 's/^host: //p')" \
 && cargo build --profile "$PROFILE" --locked -p ekiben --no-default-features --features "$FEATURES" --target "$target" \
 && cp "target/$target/$PROFILE/ekiben" /ekiben

# The dumps or CSV files to bake: a folder of the build context. The date, in seconds, that the
# file says it was baked at: with one, equal dumps make an equal file, and its layer keeps its digest.
ARG APP
ARG DUMPS=dataset/isuumo
ARG SOURCE_DATE_EPOCH
COPY ${DUMPS} /dumps
RUN /ekiben bake --app "$APP" --from /dumps --out /baked \
 && chmod 0444 "/baked/$APP.sqlite" \
 && install -d -m 0770 /volumes/data

FROM scratch
ARG APP
ARG PROFILE=release
ARG COMMIT=""
ARG VERSION=""
COPY --from=build /ekiben /ekiben
COPY --from=build /baked /baked
# OpenShift runs images under any user id, but always in group 0. The folder brings its mode along: what
# COPY --chmod does to folders differs between builders.
COPY --from=build --chown=10001:0 /volumes/ /
# Behind the files: a builder may take what is before them from the cache of another app.
LABEL org.opencontainers.image.title="ekiben-$APP" \
      org.opencontainers.image.description="The app $APP and its data in one box" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.revision="$COMMIT" \
      org.opencontainers.image.version="$VERSION" \
      ekiben.profile="$PROFILE"
# Read-only unless told otherwise; a primary needs a volume at /data and EKIBEN_MODE=primary. On every
# interface, since all clients of a container are outside; the port is 1323, or what PORT says.
ENV EKIBEN_APPS=$APP \
    EKIBEN_BAKED_DIR=/baked \
    EKIBEN_DATA_DIR=/data \
    EKIBEN_LISTEN=0.0.0.0 \
    EKIBEN_MODE=replica
USER 10001:0
EXPOSE 1323
HEALTHCHECK --interval=10s --timeout=6s --start-period=5s CMD ["/ekiben", "check"]
ENTRYPOINT ["/ekiben"]
CMD ["serve"]
