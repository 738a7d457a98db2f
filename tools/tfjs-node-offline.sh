#!/usr/bin/env bash
#
# tfjs-node-offline.sh - make @tensorflow/tfjs-node work on a machine that can
# reach the npm registry and PyPI, but not storage.googleapis.com.
#
# The install script of @tensorflow/tfjs-node downloads libtensorflow and a
# prebuilt addon from storage.googleapis.com.  Where that host is blocked the
# package cannot be installed.  The same C library is, however, inside PyPI's
# `tensorflow-cpu` wheel: libtensorflow_cc.so.2 exports the whole TF_*/TFE_* C
# API and does not depend on Python.  This script takes the library and its C
# headers from that wheel and compiles the addon (two C++ files) against them.
#
# Nothing outside the cache folder and <prefix>/node_modules is written, and
# package.json and package-lock.json are left alone.  See
# docs/tfjs-node-offline.md.

set -euo pipefail

# --- Pinned versions ---------------------------------------------------------

readonly TFJS_VERSION=4.22.0
readonly DEFAULT_TF_VERSION=2.15.1
# Used only when the running Node has no headers of its own on disk.
readonly NODE_API_HEADERS_VERSION=1.9.0
# The wheel is picked by tag, so the Python on this machine may be of any
# version: nothing of the wheel is ever run by Python.
readonly WHEEL_PYTHON=311
readonly WHEEL_PLATFORM=manylinux_2_17_x86_64

# SHA-256 of the wheels (cp311, manylinux_2_17_x86_64) this was tested with.
wheel_sha256() {
  case "$1" in
    2.12.1) echo 7ffb595707a8fb376deaddc768784c7a0242b16cbc6e06393b1733b2ce19f855 ;;
    2.13.1) echo 87be6e61314b2c0fa062f71e26e41d6a17e162ffe4da72c820fe8f1fc94d97fe ;;
    2.14.1) echo 7f9d705b4d57acc5835de9d926515a70535e3a178a89ad59f0d380503b69f705 ;;
    2.15.1) echo 54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26 ;;
    *) echo '' ;;
  esac
}

# --- Messages ----------------------------------------------------------------

say() { printf '==> %s\n' "$*"; }
warn() { printf 'warning: %s\n' "$*" >&2; }
die() {
  printf 'error: %s\n' "$1" >&2
  shift
  local line
  for line in "$@"; do printf '       %s\n' "$line" >&2; done
  exit 1
}

usage() {
  cat <<USAGE
Usage: tools/tfjs-node-offline.sh [options]

Builds the native addon of @tensorflow/tfjs-node@${TFJS_VERSION} against the TensorFlow C
library of PyPI's tensorflow-cpu wheel, instead of the libtensorflow download
from storage.googleapis.com.  Running it again is safe, and quick.

  --prefix DIR        folder whose node_modules gets the package
                      (default: the repository this script lies in)
  --cache DIR         where the unpacked C library is kept
                      (default: \${XDG_CACHE_HOME:-\$HOME/.cache}/fedward/tfjs-node)
  --tf-version V      tensorflow-cpu version (default: ${DEFAULT_TF_VERSION}; at least 2.12)
  --wheel FILE        use this tensorflow-cpu wheel instead of downloading one
  --copy              copy the library into node_modules instead of linking to
                      the cache (about 0.6 GB; for container images)
  --python CMD        Python 3 with pip (default: python3)
  --builder WHICH     node-gyp, g++ or auto (default: auto: node-gyp, and g++
                      where node-gyp cannot work)
  --node-headers DIR  a folder that holds node_api.h, or "npm" for the npm
                      package node-api-headers (implies --builder g++)
  --force             unpack and build again even if it is all there
  --check             only run the smoke test
  --uninstall         remove what was built from the package; add --force to
                      remove the cached library too
  -h, --help          this text
USAGE
}

# --- Options -----------------------------------------------------------------

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
prefix=$repo
cache=''
tf_version=$DEFAULT_TF_VERSION
wheel=''
copy=no
python=python3
builder=auto
node_headers=''
force=no
action=install

while (($#)); do
  case "$1" in
    --prefix | --cache | --tf-version | --wheel | --python | --builder | --node-headers)
      (($# >= 2)) || die "$1 needs a value" "try --help"
      case "$1" in
        --prefix) prefix=$2 ;;
        --cache) cache=$2 ;;
        --tf-version) tf_version=$2 ;;
        --wheel) wheel=$2 ;;
        --python) python=$2 ;;
        --builder) builder=$2 ;;
        --node-headers) node_headers=$2 ;;
      esac
      shift 2
      ;;
    --copy) copy=yes; shift ;;
    --force) force=yes; shift ;;
    --check) action=check; shift ;;
    --uninstall) action=uninstall; shift ;;
    -h | --help) usage; exit 0 ;;
    *) die "unknown option: $1" "try --help" ;;
  esac
done

case "$builder" in auto | node-gyp | g++) ;; *) die "--builder must be auto, node-gyp or g++, not '$builder'" ;; esac
[[ $tf_version =~ ^2\.[0-9]+\.[0-9]+(\.post[0-9]+)?$ ]] || die "--tf-version must look like $DEFAULT_TF_VERSION, not '$tf_version'"
[[ -d $prefix ]] || die "--prefix: no such folder: $prefix"
prefix=$(cd "$prefix" && pwd -P)
if [[ -z $cache ]]; then
  [[ -n ${XDG_CACHE_HOME:-}${HOME:-} ]] || die "neither XDG_CACHE_HOME nor HOME is set" "name a folder with --cache"
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/fedward/tfjs-node
fi
[[ $cache == /* ]] || cache=$PWD/$cache
if [[ -n $wheel ]]; then
  [[ -f $wheel ]] || die "--wheel: no such file: $wheel"
  wheel=$(cd "$(dirname "$wheel")" && pwd -P)/$(basename "$wheel")
fi

readonly pkg=$prefix/node_modules/@tensorflow/tfjs-node
readonly tf_root=$cache/tensorflow-cpu-$tf_version
readonly cxx=${CXX:-g++}

# One temporary folder, inside the cache so that the final moves are renames.
scratch=''
cleanup() { [[ -z $scratch ]] || rm -rf -- "$scratch"; }
trap cleanup EXIT
make_scratch() {
  [[ -n $scratch ]] && return
  mkdir -p "$cache"
  scratch=$(mktemp -d "$cache/tmp.XXXXXX")
}

# --- Checks ------------------------------------------------------------------

check_machine() {
  [[ $(uname -s) == Linux && $(uname -m) == x86_64 ]] ||
    die "only Linux on x86-64 is supported, this is $(uname -s) on $(uname -m)"
  if ! getconf GNU_LIBC_VERSION >/dev/null 2>&1; then
    die "the TensorFlow library needs glibc (this looks like musl, as in Alpine)"
  fi
  if [[ -r /proc/cpuinfo ]] && ! grep -qw avx /proc/cpuinfo; then
    die "this CPU has no AVX; TensorFlow's prebuilt library would crash on it"
  fi
  command -v node >/dev/null || die "node is not on the PATH"
  command -v npm >/dev/null || die "npm is not on the PATH"
  node -e 'process.exit(Number(process.versions.napi) >= 8 ? 0 : 1)' ||
    die "Node $(node -v) is too old (Node-API 8 is needed)"
  # tfjs-node 4.22 still calls functions that Node 23 removed from `util`.
  node --no-deprecation -e 'process.exit(typeof require("util").isNullOrUndefined === "function" ? 0 : 1)' ||
    die "Node $(node -v) is too new for tfjs-node $TFJS_VERSION: util.isNullOrUndefined is gone" \
      "use Node 20 or 22"
}

# --- 1. The npm package, without its install script --------------------------

package_version() {
  node -p 'require(process.argv[1]).version' "$pkg/package.json" 2>/dev/null || true
}

lock_digest() {
  local f
  for f in package.json package-lock.json; do
    if [[ -f $prefix/$f ]]; then sha256sum <"$prefix/$f"; else echo none; fi
  done
}

install_package() {
  if [[ $(package_version) == "$TFJS_VERSION" ]]; then
    say "@tensorflow/tfjs-node $TFJS_VERSION is already in node_modules"
    return
  fi
  say "installing @tensorflow/tfjs-node@$TFJS_VERSION without its install script"
  local before
  before=$(lock_digest)
  npm install --prefix "$prefix" --no-save --ignore-scripts --no-audit --no-fund \
    "@tensorflow/tfjs-node@$TFJS_VERSION" ||
    die "npm could not install @tensorflow/tfjs-node@$TFJS_VERSION" "is the npm registry reachable?"
  [[ $(lock_digest) == "$before" ]] ||
    die "npm changed package.json or package-lock.json in $prefix" "restore them from version control"
  [[ $(package_version) == "$TFJS_VERSION" ]] ||
    die "npm finished, but $pkg is not version $TFJS_VERSION"
}

# --- 2. The C library and its headers, from the wheel ------------------------

have_tensorflow() {
  [[ -f $tf_root/lib/libtensorflow_cc.so.2 && -f $tf_root/lib/libtensorflow_framework.so.2 &&
    -f $tf_root/include/tensorflow/c/eager/c_api.h ]]
}

download_wheel() {
  "$python" -m pip --version >/dev/null 2>&1 ||
    die "'$python -m pip' does not work" \
      "install pip (Debian: apt install python3-pip), name another Python with --python," \
      "or bring the wheel yourself and pass it with --wheel"
  say "downloading the tensorflow-cpu $tf_version wheel from PyPI (about 210 MB)"
  "$python" -m pip download --quiet --disable-pip-version-check --no-cache-dir \
    --no-deps --only-binary=:all: --implementation cp \
    --python-version "$WHEEL_PYTHON" --abi "cp$WHEEL_PYTHON" --platform "$WHEEL_PLATFORM" \
    --dest "$scratch/wheel" "tensorflow-cpu==$tf_version" ||
    die "pip could not download tensorflow-cpu==$tf_version (cp$WHEEL_PYTHON, $WHEEL_PLATFORM)" \
      "is PyPI reachable, and is there such a wheel?"
  local found=("$scratch"/wheel/*.whl)
  [[ -f ${found[0]} ]] || die "pip finished without leaving a wheel"
  wheel=${found[0]}
}

verify_wheel() {
  local want got
  want=$(wheel_sha256 "$tf_version")
  got=$(sha256sum <"$wheel" | cut -d' ' -f1)
  if [[ -z $want ]]; then
    warn "tensorflow-cpu $tf_version is not among the tested versions; sha256 of its wheel: $got"
  elif [[ $got != "$want" ]]; then
    die "$(basename "$wheel") is not the wheel this script was tested with" \
      "expected sha256 $want" "got             $got"
  fi
}

# Takes the two libraries, the C headers and the licence; about 600 MB of the
# wheel's 900 MB.  Python's zipfile, so that `unzip` need not be installed.
unpack_wheel() {
  say "unpacking the C library and headers into $tf_root"
  "$python" - "$wheel" "$scratch/tf" <<'PY' || die "cannot use $(basename "$wheel")"
import os, re, shutil, sys, zipfile

wheel, dest = sys.argv[1:]
renames = [
    (r"tensorflow/(libtensorflow_(?:cc|framework)\.so\.2)", r"lib/\1"),
    (r"tensorflow/include/(tensorflow/c/(?:eager/)?[^/]+\.h)", r"include/\1"),
    (r"tensorflow/include/(tensorflow/core/platform/ctstring[^/]*\.h)", r"include/\1"),
    # tsl is under tensorflow/ up to 2.14, beside it from 2.15, partly in xla/ by 2.18.
    (r"tensorflow/include/((?:tensorflow/|xla/)?tsl/(?:c|platform)/[^/]+\.h)", r"include/\1"),
    (r"tensorflow_cpu-[^/]+\.dist-info/(LICENSE)", r"\1"),
    (r"tensorflow/(THIRD_PARTY_NOTICES\.txt)", r"\1"),
]
seen = set()
with zipfile.ZipFile(wheel) as z:
    for name in z.namelist():
        for pattern, new in renames:
            m = re.fullmatch(pattern, name)
            if not m:
                continue
            path = os.path.join(dest, m.expand(new))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with z.open(name) as src, open(path, "wb") as out:
                shutil.copyfileobj(src, out, 1 << 20)
            seen.add(m.expand(new))
            break
if "lib/libtensorflow_cc.so.2" not in seen:
    sys.exit(
        "error: no libtensorflow_cc.so.2 in this wheel. Up to TensorFlow 2.11 the C API\n"
        "       is inside a Python extension, which Node cannot load: use 2.12 or later."
    )
for need in ("lib/libtensorflow_framework.so.2", "include/tensorflow/c/eager/c_api.h"):
    if need not in seen:
        sys.exit("error: no %s in this wheel" % need)
PY
  chmod -R u+w "$scratch/tf"
  rm -rf -- "$tf_root"
  mv "$scratch/tf" "$tf_root"
}

get_tensorflow() {
  if [[ $force == no ]] && have_tensorflow; then
    say "tensorflow-cpu $tf_version is already unpacked in $tf_root"
    return
  fi
  command -v "$python" >/dev/null || die "no '$python' on the PATH" "name a Python 3 with --python"
  make_scratch
  [[ -n $wheel ]] || download_wheel
  verify_wheel
  unpack_wheel
  rm -rf -- "$scratch/wheel"
}

# --- 3. deps/, the way binding.gyp and install.js expect it ------------------

lay_out_deps() {
  local lib expected
  rm -rf -- "$pkg/deps"
  mkdir -p "$pkg/deps/lib"
  for lib in libtensorflow_cc.so.2 libtensorflow_framework.so.2; do
    if [[ $copy == yes ]]; then
      cp --reflink=auto "$tf_root/lib/$lib" "$pkg/deps/lib/$lib"
    else
      ln -s "$tf_root/lib/$lib" "$pkg/deps/lib/$lib"
    fi
  done
  if [[ $copy == yes ]]; then
    cp -R "$tf_root/include" "$pkg/deps/include"
  else
    ln -s "$tf_root/include" "$pkg/deps/include"
  fi
  # `-ltensorflow` finds libtensorflow.so.  The addon then records the SONAME,
  # libtensorflow_cc.so.2, which is why that name has to stay beside it.
  ln -s libtensorflow_cc.so.2 "$pkg/deps/lib/libtensorflow.so"
  ln -s libtensorflow_cc.so.2 "$pkg/deps/lib/libtensorflow.so.2"
  ln -s libtensorflow_framework.so.2 "$pkg/deps/lib/libtensorflow_framework.so"
  # tfjs-node's own install script takes the download for done if the file it
  # would have downloaded is there.  Without this name, a later `npm rebuild`
  # would empty deps/ and then fail.
  expected=$(node -p 'require(process.argv[1]).depsLibTensorFlowName' "$pkg/scripts/deps-constants.js")
  [[ -e $pkg/deps/lib/$expected ]] || ln -s libtensorflow_cc.so.2 "$pkg/deps/lib/$expected"
}

# --- 4. The addon ------------------------------------------------------------

# Where tfjs-node will look for the addon under this Node (lib/napi-v8/...).
addon_path() {
  (cd "$pkg" && node --no-deprecation -p \
    'require("@mapbox/node-pre-gyp").find(require("path").resolve("package.json"))')
}

# The npm that runs brings its own node-gyp.
find_node_gyp() {
  node -p 'require.resolve("node-gyp/bin/node-gyp.js", {
      paths: [require("path").dirname(require("fs").realpathSync(process.argv[1])), process.cwd()]
    })' "$(command -v npm)" 2>/dev/null || true
}

# A prefix with include/node/{node_api.h,common.gypi}, or nothing.
find_node_prefix() {
  local dir
  for dir in "${npm_config_nodedir:-}" \
    "$(node -p 'require("path").resolve(process.execPath, "../..")')"; do
    if [[ -n $dir && -f $dir/include/node/node_api.h && -f $dir/include/node/common.gypi ]]; then
      echo "$dir"
      return
    fi
  done
}

build_with_node_gyp() { # <node-gyp.js> <node prefix> <addon>
  # These are the variables node-pre-gyp passes to binding.gyp.
  (cd "$pkg" && node "$1" rebuild --nodedir="$2" --loglevel=warn \
    --module="$3" --module_name=tfjs_binding --module_path="$(dirname "$3")" \
    --napi_version="$(node -p process.versions.napi)" --napi_build_version="$napi") >"$scratch/node-gyp.log" 2>&1
}

build_with_cxx() { # <folder of node_api.h> <addon>
  mkdir -p "$(dirname "$2")"
  # $ORIGIN is for the dynamic loader, not for the shell.
  # shellcheck disable=SC2016
  "$cxx" -O2 -std=gnu++17 -fPIC -shared -pthread \
    -DNAPI_VERSION="$napi" -DBUILDING_NODE_EXTENSION -DNODE_GYP_MODULE_NAME=tfjs_binding \
    -I"$1" -I"$pkg/deps/include" \
    "$pkg/binding/tfjs_backend.cc" "$pkg/binding/tfjs_binding.cc" -o "$2" \
    -L"$pkg/deps/lib" '-Wl,-rpath,$ORIGIN/../../deps/lib' -ltensorflow -ltensorflow_framework
}

# Headers of the Node-API from npm, for a Node that came without any.
fetch_node_api_headers() {
  local dir=$cache/node-api-headers-$NODE_API_HEADERS_VERSION
  if [[ ! -f $dir/include/node_api.h ]]; then
    say "getting node-api-headers@$NODE_API_HEADERS_VERSION from npm" >&2
    mkdir -p "$scratch/headers"
    (cd "$scratch/headers" && npm pack --silent "node-api-headers@$NODE_API_HEADERS_VERSION" >/dev/null &&
      tar -xzf node-api-headers-*.tgz) || die "could not get node-api-headers from the npm registry"
    rm -rf -- "$dir"
    mv "$scratch/headers/package" "$dir"
  fi
  echo "$dir/include"
}

build_addon() {
  local addon node_gyp node_prefix how=''
  addon=$(addon_path) || die "@mapbox/node-pre-gyp cannot be loaded from $pkg" \
    "node_modules is incomplete; run npm ci --ignore-scripts, then this script again"
  napi=$(basename "$(dirname "$addon")")
  napi=${napi#napi-v}
  make_scratch
  command -v "$cxx" >/dev/null || die "no C++ compiler ('$cxx')" "Debian: apt install g++ make"
  rm -rf -- "${pkg:?}/lib"

  if [[ $builder != g++ && -z $node_headers ]]; then
    node_gyp=$(find_node_gyp)
    node_prefix=$(find_node_prefix)
    if [[ -z $node_gyp || -z $node_prefix ]]; then
      [[ $builder == auto ]] || die "node-gyp or the headers of this Node were not found" \
        "looked for include/node beside $(command -v node)"
    elif say "building the addon with node-gyp" && build_with_node_gyp "$node_gyp" "$node_prefix" "$addon"; then
      how=node-gyp
    else
      [[ ! -f $scratch/node-gyp.log ]] || tail -n 40 "$scratch/node-gyp.log" >&2
      [[ $builder == auto ]] || die "node-gyp failed (its last lines are above)"
      warn "node-gyp failed (its last lines are above); trying $cxx alone"
    fi
    rm -rf -- "$pkg/build"
  fi

  if [[ -z $how ]]; then
    [[ $builder != node-gyp ]] || die "--node-headers works with --builder g++ only"
    if [[ -z $node_headers ]]; then
      node_prefix=$(find_node_prefix)
      if [[ -n $node_prefix ]]; then node_headers=$node_prefix/include/node; else node_headers=npm; fi
    fi
    [[ $node_headers != npm ]] || node_headers=$(fetch_node_api_headers)
    [[ -f $node_headers/node_api.h ]] || die "no node_api.h in $node_headers"
    say "building the addon with $cxx"
    build_with_cxx "$node_headers" "$addon" || die "$cxx could not compile the addon"
    how=$cxx
  fi
  [[ -f $addon ]] || die "the build finished, but $addon is not there"
  printf '%s\n' "$stamp" >"$pkg/lib/.offline-build"
  say "built $addon ($how)"
}

# Same package, same TensorFlow, same layout: nothing to do.
up_to_date() {
  [[ $force == no && -f $pkg/lib/.offline-build && $(<"$pkg/lib/.offline-build") == "$stamp" &&
    -e $pkg/deps/lib/libtensorflow_cc.so.2 && -e $pkg/deps/lib/libtensorflow_framework.so.2 ]] &&
    [[ -f $(addon_path) ]]
}

# --- 5. Smoke test -----------------------------------------------------------

smoke_test() {
  [[ -f $pkg/package.json ]] || die "@tensorflow/tfjs-node is not in $prefix/node_modules"
  say "smoke test"
  (
    cd "$prefix"
    unset LD_LIBRARY_PATH # the addon has to find its libraries by itself
    export TF_CPP_MIN_LOG_LEVEL=${TF_CPP_MIN_LOG_LEVEL:-2}
    node --no-deprecation - "$prefix" <<'JS'
const assert = require('node:assert');
const { createRequire } = require('node:module');
const tf = createRequire(process.argv[2] + '/package.json')('@tensorflow/tfjs-node');

// What TensorFlow answers is compared with tfjs' own JavaScript backend.
function onBoth(name, run) {
  const got = {};
  for (const backend of ['cpu', 'tensorflow']) {
    assert.ok(tf.setBackend(backend), `no backend ${backend}`);
    got[backend] = tf.tidy(() => run().map((t) => Array.from(t.dataSync())).flat());
  }
  assert.ok(got.cpu.length > 0 && got.cpu.length === got.tensorflow.length, `${name}: size`);
  const worst = Math.max(...got.cpu.map((v, i) => Math.abs(v - got.tensorflow[i])));
  assert.ok(worst < 1e-4, `${name}: differs from the cpu backend by ${worst}`);
  console.log(`    ${name}: ok (${got.cpu.length} values, within ${worst.toExponential(1)} of cpu)`);
}

tf.env().set('IS_NODE', false); // no "install our node backend" banner from cpu
const random = (shape, seed) => tf.randomNormal(shape, 0, 0.5, 'float32', seed);

assert.strictEqual(tf.getBackend(), 'tensorflow');
const version = tf.backend().binding.TF_Version;
console.log(`    backend: ${tf.getBackend()}, TensorFlow ${version}, tfjs ${tf.version['tfjs-core']}, Node ${process.version}`);

onBoth('matMul', () => [tf.matMul(random([17, 23], 1), random([23, 5], 2))]);

onBoth('gradient of a dense net', () => {
  const x = random([32, 20], 1);
  const labels = tf.oneHot(tf.tensor1d(Array.from({ length: 32 }, (_, i) => i % 2), 'int32'), 2).toFloat();
  const net = (w1, b1, w2, b2) =>
    tf.losses.softmaxCrossEntropy(labels, tf.relu(x.matMul(w1).add(b1)).matMul(w2).add(b2)).asScalar();
  return tf.grads(net)([random([20, 8], 2), random([8], 3), random([8, 2], 4), random([2], 5)]);
});

onBoth('conv2d filter and input gradients', () =>
  tf.grads((x, k) => tf.conv2d(x, k, 1, 'same').square().mean().asScalar())([
    random([2, 8, 8, 3], 1),
    random([3, 3, 3, 4], 2),
  ]),
);
console.log('    all good');
JS
  ) || die "the smoke test failed" "run it alone with --check; rebuild with --force"
}

# --- Main --------------------------------------------------------------------

case "$action" in
  check)
    check_machine
    smoke_test
    ;;
  uninstall)
    rm -rf -- "${pkg:?}/deps" "${pkg:?}/lib" "${pkg:?}/build"
    say "removed deps/ and lib/ from $pkg (the JavaScript package itself stays)"
    if [[ $force == yes ]]; then
      rm -rf -- "$cache"/tensorflow-cpu-* "$cache"/node-api-headers-* "$cache"/tmp.*
      rmdir -- "$cache" 2>/dev/null || true
      say "removed the cached libraries from $cache"
    else
      say "the cached libraries stay in $cache; --uninstall --force removes them"
    fi
    ;;
  install)
    check_machine
    install_package
    stamp="tfjs-node $TFJS_VERSION, tensorflow-cpu $tf_version, copy=$copy, $([[ $copy == yes ]] || echo "$tf_root")"
    if up_to_date; then
      say "the addon is already built"
    else
      get_tensorflow
      lay_out_deps
      build_addon
    fi
    smoke_test
    ;;
esac
