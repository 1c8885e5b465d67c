# shellcheck shell=bash
# Shared by ./run, ./patron and ./test: the project's folder and the prerequisites on this machine.
# This file is sourced. Messages go to stderr, because stdout belongs to the command.

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

say() {
  printf '%s\n' "$*" >&2
}

give_up() {
  say "$*"
  exit 1
}

# Runs a command and prints its output only if it fails.
quietly() {
  local output status=0
  output=$(mktemp)
  "$@" </dev/null >"$output" 2>&1 || status=$?
  ((status == 0)) || cat "$output" >&2
  rm -f "$output"
  return "$status"
}

need_sdk() {
  local version
  version=$(cd -- "$root" && dotnet --version 2>/dev/null) || version=none
  [[ $version == 10.* ]] || give_up "Patron needs the .NET SDK 10 (found: $version): install dotnet-sdk-10.0, or see https://dot.net."
}

# The PostgreSQL programs, for Patron's private database and for the tests. They are not needed with another server.
need_postgres() {
  local hint='install version 15 or newer (on Debian and Ubuntu: apt-get install postgresql); to run on a server of yours instead, set ConnectionStrings__Patron'
  if ! have_postgres; then
    { command -v apt-get && as_root true; } >/dev/null 2>&1 || give_up "Patron needs the programs of PostgreSQL: $hint."
    say 'Installing the package postgresql ...'
    quietly install_postgres || give_up "PostgreSQL could not be installed: $hint."
    have_postgres || give_up "The PostgreSQL of this distribution is too old: $hint."
  fi
}

have_postgres() {
  local folder
  for folder in /usr/lib/postgresql/*/bin; do
    [[ -x $folder/initdb && $folder =~ /([0-9]+)/bin$ ]] && ((BASH_REMATCH[1] >= 15)) && return
  done
  command -v initdb >/dev/null
}

# Node.js tools and clients of the tests. They are installed once, and again when their list changes.
need_node_tools() {
  local folder=$root/tests/node
  if ! command -v npm >/dev/null; then
    { command -v apt-get && as_root true; } >/dev/null 2>&1 || give_up 'The tests need Node.js 18 or newer with npm (on Debian and Ubuntu: apt-get install nodejs npm).'
    say 'Installing the packages nodejs and npm ...'
    quietly install_or_update nodejs npm || give_up 'Node.js could not be installed (on Debian and Ubuntu: apt-get install nodejs npm).'
  fi
  if [[ ! $folder/node_modules -nt $folder/package-lock.json ]]; then
    say 'Fetching the tools of the tests ...'
    quietly npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund || give_up 'The tools of the tests could not be fetched by npm.'
    touch "$folder/node_modules"
  fi
}

# A browser, for clients that run in one. The headless shell is Chromium without a window and does half the work; not every distribution
# has it, and a whole Chromium does too.
need_browser() {
  local hint='on Debian and Ubuntu: apt-get install chromium'
  command -v chromium-headless-shell >/dev/null && return
  if { command -v apt-get && as_root true; } >/dev/null 2>&1; then
    say 'Installing the package chromium-headless-shell ...'
    if quietly install_or_update chromium-headless-shell 2>/dev/null || have_browser; then return; fi
    say 'Installing the package chromium ...'
    quietly install_or_update chromium || give_up "Chromium could not be installed ($hint)."
  fi
  have_browser || give_up "The tests need the browser Chromium ($hint)."
}

have_browser() {
  command -v chromium || command -v chromium-browser || command -v google-chrome
} >/dev/null

# bench/load: the load generator, and the packages of the service that Patron is compared with.
need_load_tools() {
  local packages=(wrk python3-fastapi python3-sqlalchemy python3-uvicorn python3-uvloop python3-httptools python3-psycopg2 python3-email-validator)
  if ! command -v wrk >/dev/null || ! /usr/bin/python3 -c 'import fastapi, sqlalchemy, uvicorn, uvloop, httptools, psycopg2, email_validator' 2>/dev/null; then
    { command -v apt-get && as_root true; } >/dev/null 2>&1 || give_up "The measurement needs (on Debian and Ubuntu): apt-get install ${packages[*]}."
    say 'Installing wrk and the packages of the peer ...'
    quietly install_or_update "${packages[@]}" || give_up "The measurement needs (on Debian and Ubuntu): apt-get install ${packages[*]}."
  fi
}

# bench/ha: a cluster of three nodes. iproute2 makes their networks.
need_ha_tools() {
  local packages=(patroni etcd-server etcd-client haproxy iproute2)
  if ! have_ha_tools; then
    { command -v apt-get && as_root true; } >/dev/null 2>&1 || give_up "The drill needs (on Debian): apt-get install ${packages[*]}."
    say 'Installing Patroni, etcd and haproxy ...'
    quietly install_without_services "${packages[@]}" || give_up "The drill needs (on Debian): apt-get install ${packages[*]}."
    have_ha_tools || give_up 'Patroni, etcd or haproxy was installed but cannot be found.'
  fi
}

have_ha_tools() {
  command -v patroni && command -v etcd && { command -v haproxy || [[ -x /usr/sbin/haproxy ]]; } && { command -v ip || [[ -x /usr/sbin/ip ]]; }
} >/dev/null

# Only the programs are needed: the packages neither start their services nor have them started with the machine.
install_without_services() {
  local policy=/usr/sbin/policy-rc.d status=0 own=
  if [[ ! -e $policy ]]; then
    own=1
    as_root tee "$policy" <<<$'#!/bin/sh\nexit 101'
    as_root chmod 755 "$policy"
  fi
  install_or_update "$@" || status=$?
  [[ -z $own ]] || as_root rm -f "$policy"
  ! command -v systemctl || as_root systemctl disable patroni etcd haproxy || true
  return "$status"
}

# Python, for clients of the tests.
need_python_clients() {
  local package
  for package in requests odoorpc; do
    need_python_package "$package"
  done
}

need_python_package() {
  local package=$1 hint="on Debian and Ubuntu: apt-get install python3-$1"
  if ! have_python_package "$package"; then
    { command -v apt-get && as_root true; } >/dev/null 2>&1 || give_up "The tests need Python 3 with the package $package ($hint)."
    say "Installing the package python3-$package ..."
    quietly install_or_update "python3-$package" || give_up "Python's package $package could not be installed ($hint)."
    have_python_package "$package" || give_up "Python's package $package was installed but cannot be used ($hint)."
  fi
}

# Another python3 can come before the distribution's in the PATH.
have_python_package() {
  local python
  for python in python3 /usr/bin/python3; do
    ! "$python" -c "import $1" >/dev/null 2>&1 || return 0
  done
  return 1
}

# Only the programs are needed: the drop-in keeps the package from creating and starting a system-wide server.
install_postgres() {
  local settings=/etc/postgresql-common/createcluster.d/patron.conf status=0
  as_root mkdir -p "${settings%/*}"
  as_root tee "$settings" <<<'create_main_cluster = false'
  install_or_update postgresql || status=$?
  as_root rm -f "$settings"
  return "$status"
}

install_package() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

# A new machine has no package lists yet.
install_or_update() {
  install_package "$@" || { as_root apt-get update && install_package "$@"; }
}

# Runs a command as root, if sudo needs no password.
as_root() {
  if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}
