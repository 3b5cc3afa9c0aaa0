# Sourced by the scripts at the root: sets JAVA_HOME to a JDK 25 or later, or ends with the cure.

# The feature version of the JDK in folder $1, from its "release" file; 0 if there is no JDK.
jdk_version() {
  local version=''
  if [[ -x "$1/bin/javac" && -r "$1/release" ]]; then
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  fi
  echo "${version:-0}"
}

# JAVA_HOME if it is new enough, else the oldest one of the usual places that is.
use_jdk_25() {
  local home version best='' best_version=0 on_path
  if [[ -n "${JAVA_HOME:-}" && $(jdk_version "$JAVA_HOME") -ge 25 ]]; then
    export JAVA_HOME
    return
  fi
  on_path=$(command -v javac || true)
  for home in "${on_path:+$(dirname "$(dirname "$(readlink -f "$on_path")")")}" \
    /usr/lib/jvm/* /opt/* /opt/*/* /usr/java/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.asdf/installs/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home; do
    version=$(jdk_version "$home")
    if ((version >= 25 && (best_version == 0 || version < best_version))); then
      best=$home
      best_version=$version
    fi
  done
  if [[ -z "$best" ]]; then
    {
      echo "No JDK 25 or later found: JAVA_HOME is ${JAVA_HOME:-not set}, and none is in the usual places."
      echo "Install one (Debian: apt-get install openjdk-25-jdk or temurin-25-jdk; elsewhere: https://adoptium.net), or set JAVA_HOME to yours."
    } >&2
    exit 1
  fi
  if [[ -n "${JAVA_HOME:-}" ]]; then
    echo "JAVA_HOME is not a JDK 25 or later ($JAVA_HOME)."
  fi
  echo "Using JDK $best_version in $best."
  export JAVA_HOME=$best
}
