#!/bin/sh
# Makes build/plugin.wasm; `farandole plugin build` runs this and packs the result.
set -eu
target=wasm32-unknown-unknown
mkdir -p build
if [ -d "$(rustc --print sysroot)/lib/rustlib/$target" ]; then
  cargo build --release --target "$target" --target-dir build/target
else
  # Debian: apt-get install rustc-web rust-web-src lld
  RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 \
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld cargo build --release --target "$target" \
    --target-dir build/target -Zbuild-std=std,panic_abort
fi
cp build/target/"$target"/release/*.wasm build/plugin.wasm
