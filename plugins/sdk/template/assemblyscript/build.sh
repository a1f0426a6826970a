#!/bin/sh
# Makes build/plugin.wasm; `farandole plugin build` runs this and packs the result.
set -eu
[ -d node_modules/assemblyscript ] || npm install --no-audit --no-fund
mkdir -p build
npx asc assembly/index.ts --outFile build/plugin.wasm -O3 --runtime stub
