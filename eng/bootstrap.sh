# shellcheck shell=bash
# Set-up shared by ./selfsame and ./test: does what is missing, says so on stderr, and is silent when there is nothing to do.
#
#   TORCH_HOME=/path      use that libtorch instead of the Debian package
#   SELFSAME_NO_SETUP=1   run with what is there
#
# Expects $root, the repository; offers `set_up cli` and `set_up tests`.

: "${root:?eng/bootstrap.sh is not run by itself: use ./selfsame or ./test}"
log_dir="$root/artifacts/log"
stamp_dir="$root/artifacts/stamp"

note() { printf 'set-up: %s\n' "$*" >&2; }

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# step NAME LOG COMMAND…: runs the command into a log and reports how long it took, or the end of the log if it failed.
step() {
    local name=$1 log=$log_dir/$2.log start=$SECONDS
    shift 2
    if "$@" >"$log" 2>&1; then
        note "$name: $((SECONDS - start)) s"
        return 0
    fi
    printf 'error: %s failed after %d s. The end of %s:\n' "$name" $((SECONDS - start)) "$log" >&2
    tail -n 30 -- "$log" | sed 's/^/    /' >&2
    return 1
}

# content_hash PATH…: one hash over the names and contents of all files below the paths.
content_hash() {
    find "$@" -type d \( -name build -o -name bin -o -name obj \) -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1
}

fresh() { [[ -e "$3" && -f "$stamp_dir/$1" && "$(<"$stamp_dir/$1")" == "$2" ]]; }

# ---- Debian packages ------------------------------------------------------------------------------------------------

is_debian() { [[ -r /etc/os-release ]] && grep -qE '^ID(_LIKE)?=.*debian' /etc/os-release && command -v apt-get >/dev/null; }

missing_packages() {
    local wanted=(libavformat-dev libavcodec-dev libavutil-dev libswscale-dev libswresample-dev pkg-config)
    # Debian's default BLAS is some 30 times slower than OpenBLAS; libtorch builds from elsewhere bring their own.
    [[ -n "${TORCH_HOME:-}" ]] || wanted+=(libtorch-dev libopenblas0-pthread libgloo-dev libdnnl-dev)
    command -v cmake >/dev/null || wanted+=(cmake)
    command -v g++ >/dev/null || wanted+=(g++)
    local installed package
    installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null || true)
    for package in "${wanted[@]}"; do
        [[ $'\n'"$installed"$'\n' == *$'\n'"$package installed"$'\n'* ]] || printf '%s\n' "$package"
    done
}

run_apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 "$@"; }

install_packages() {
    if compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null && run_apt install -y --no-install-recommends "$@"; then
        return 0
    fi
    run_apt update && run_apt install -y --no-install-recommends "$@"
}

require_root() {
    as_root=()
    [[ $(id -u) -ne 0 ]] || return 0
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        as_root=(sudo -n)
        return 0
    fi
    fail "these Debian packages are missing and installing them needs root. Run this once, then try again:
    sudo apt-get update && sudo apt-get install -y --no-install-recommends $*"
}

# ---- Native library and .NET ----------------------------------------------------------------------------------------

native_hash() {
    local inputs=("$root/native") torch=${TORCH_HOME:-/usr} header
    header=$torch/include/torch/csrc/api/include/torch/version.h
    [[ ! -f $header ]] || inputs+=("$header")
    printf '%s %s' "$(content_hash "${inputs[@]}")" "$torch"
}

build_native() {
    local options=(-DCMAKE_BUILD_TYPE=Release) place="$root ${TORCH_HOME:-}"
    [[ -z "${TORCH_HOME:-}" ]] || options+=("-DCMAKE_PREFIX_PATH=$TORCH_HOME" "-DTORCH_HOME=$TORCH_HOME")
    # A cmake cache is bound to its folder and to the libtorch it found.
    fresh native.place "$place" "$root/native/build" || rm -rf "$root/native/build"
    rm -f "$stamp_dir/native"
    cmake -S "$root/native" -B "$root/native/build" "${options[@]}" &&
        cmake --build "$root/native/build" --parallel "$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)" &&
        printf '%s' "$place" >"$stamp_dir/native.place"
}

cli_dll="$root/artifacts/bin/Selfsame.Cli/release/selfsame-cli.dll"

dotnet_hash() { content_hash "$root/src" "$root/Directory.Build.props" "$root/Directory.Packages.props" "$root/global.json" "$root/eng/BannedSymbols.txt" "$root/eng/ReadyToRun"; }

build_dotnet() {
    local project=$1 hash=$2
    if ! fresh dotnet "$hash" "$cli_dll"; then
        # A new file instead of new contents: a run that is still going keeps the assemblies it has mapped.
        rm -f "$stamp_dir/dotnet" "$stamp_dir/ready" "$root"/artifacts/bin/Selfsame.*/release/*.dll
    fi
    dotnet build "$root/$project" -c Release -nologo -v minimal -nodeReuse:false && printf '%s' "$hash" >"$stamp_dir/dotnet"
}

prepare_dotnet() {
    local target=$1 hash=$2 project=src/Selfsame.Cli
    if [[ $target == tests ]]; then
        project=tests/Selfsame.Tests
        rm -f "$stamp_dir/ready" # the build below puts plain assemblies back
    fi
    if [[ $target == tests ]] || ! fresh dotnet "$hash" "$cli_dll"; then
        step ".NET build" dotnet build_dotnet "$project" "$hash" || return 1
    fi
    if [[ $target == cli ]] && ! fresh ready "$hash" "$cli_dll"; then
        step "ahead-of-time compilation" ready build_ready || note "goes on without; commands start a little slower"
        printf '%s' "$hash" >"$stamp_dir/ready"
    fi
}

# Assemblies compiled ahead of time do without the JIT at start (measured to a first vector: 1.4 s instead of 1.7); where their compiler can't be had, they go without.
build_ready() {
    local folder=$root/artifacts/bin/Selfsame.Cli/release ready=$root/artifacts/ready
    rm -rf "$ready"
    dotnet build "$root/eng/ReadyToRun" -c Release -nologo -v minimal -nodeReuse:false -p:From="$folder" -p:To="$ready" &&
        mv -f "$ready"/*.dll "$folder"
}

find_dotnet() {
    command -v dotnet >/dev/null || PATH="$PATH:$HOME/.dotnet"
    command -v dotnet >/dev/null || fail "the .NET 10 SDK is missing. Install it from https://dot.net/download, or put it on the PATH."
}

# ---- All of it ------------------------------------------------------------------------------------------------------

# Runs under the lock, so that two first starts do not build into the same folder.
set_up_locked() {
    local target=$1 packages=() native dotnet
    background=
    if is_debian; then
        mapfile -t packages < <(missing_packages)
        [[ ${#packages[@]} -eq 0 ]] || require_root "${packages[@]}"
    elif [[ -z "${TORCH_HOME:-}" && ! -f "$stamp_dir/native" ]]; then
        note "not a Debian system: takes libtorch and FFmpeg from where cmake finds them (TORCH_HOME=/path names a libtorch)"
    fi
    [[ -z "${TORCH_HOME:-}" || -f "$stamp_dir/native" ]] || note "takes libtorch from TORCH_HOME=$TORCH_HOME"

    dotnet=$(dotnet_hash)
    if [[ $target == tests ]] || ! fresh dotnet "$dotnet" "$cli_dll" || ! fresh ready "$dotnet" "$cli_dll"; then
        [[ -f "$stamp_dir/native" ]] || note "first start, about 3 minutes (logs in $log_dir)"
        set -m # a process group of its own, so that an interrupt can end the compilers too
        prepare_dotnet "$target" "$dotnet" &
        background=$!
        set +m
        trap 'kill -- "-$background" 2>/dev/null; exit 130' INT TERM
    fi

    local ok=1
    if [[ ${#packages[@]} -gt 0 ]]; then
        step "Debian packages (${packages[*]})" packages install_packages "${packages[@]}" || ok=0
    fi
    if [[ $ok == 1 ]]; then
        native=$(native_hash)
        if ! fresh native "$native" "$root/native/build"; then
            if step "native build" native build_native; then printf '%s' "$native" >"$stamp_dir/native"; else ok=0; fi
        fi
    fi
    [[ -z $background ]] || wait "$background" || ok=0
    [[ $ok == 1 ]]
}

up_to_date() {
    fresh native "$(native_hash)" "$root/native/build" && fresh ready "$(dotnet_hash)" "$cli_dll" &&
        { ! is_debian || [[ -z "$(missing_packages)" ]]; }
}

# set_up cli|tests: everything a command, or the tests, need.
set_up() {
    export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
    find_dotnet
    [[ "${SELFSAME_NO_SETUP:-}" != 1 ]] || return 0
    [[ $1 == tests ]] || ! up_to_date || return 0

    mkdir -p "$log_dir" "$stamp_dir"
    (
        if command -v flock >/dev/null && ! flock -n 9; then
            note "waits for another set-up of this copy"
            flock 9
        fi
        # Compilers leave a server behind; it must not inherit the lock.
        set_up_locked "$1" 9>&-
    ) 9>"$root/artifacts/set-up.lock"
}
