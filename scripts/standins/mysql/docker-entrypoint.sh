#!/bin/sh
# Set up an empty data directory as MYSQL_* says, then become the database server.
set -eu

DATA=/var/lib/mysql
SOCKET=/run/mysqld/mysqld.sock

say() {
    echo "entrypoint: $*" >&2
}

fail() {
    say "$*"
    exit 1
}

# put TEXT: print it as it is; echo would change backslashes.
put() {
    printf '%s\n' "$*"
}

# setting NAME: take the variable NAME from the file that NAME_FILE names, if it does.
setting() {
    eval "value=\${$1:-} file=\${${1}_FILE:-}"
    if [ -n "$file" ]; then
        [ -z "$value" ] || fail "set $1 or ${1}_FILE, not both"
        value=$(cat "$file")
    fi
    eval "$1=\$value"
    unset "${1}_FILE"
}

# quoted TEXT: print it as a string of SQL.
quoted() {
    printf "'"
    printf %s "$1" | sed -e 's/\\/\\\\/g' -e "s/'/''/g"
    printf "'"
}

client() {
    MYSQL_PWD=$client_password mariadb --no-defaults --user=root --socket="$SOCKET" "$@"
}

statements() {
    # MariaDB's package leaves further accounts without a password: only these remain.
    put "DELETE FROM mysql.global_priv WHERE NOT (User = 'root' AND Host = 'localhost') AND User <> 'mariadb.sys';"
    put "FLUSH PRIVILEGES;"
    put "ALTER USER 'root'@'localhost' IDENTIFIED BY $(quoted "$MYSQL_ROOT_PASSWORD");"
    if [ "$MYSQL_ROOT_HOST" != localhost ]; then
        root="'root'@$(quoted "$MYSQL_ROOT_HOST")"
        put "CREATE USER $root IDENTIFIED BY $(quoted "$MYSQL_ROOT_PASSWORD");"
        put "GRANT ALL ON *.* TO $root WITH GRANT OPTION;"
    fi
    if [ -n "$MYSQL_DATABASE" ]; then
        put "CREATE DATABASE IF NOT EXISTS \`$MYSQL_DATABASE\`;"
    fi
    if [ -n "$MYSQL_USER" ] && [ -n "$MYSQL_PASSWORD" ]; then
        user="$(quoted "$MYSQL_USER")@'%'"
        put "CREATE USER $user IDENTIFIED BY $(quoted "$MYSQL_PASSWORD");"
        if [ -n "$MYSQL_DATABASE" ]; then
            # In a GRANT, _ stands for any letter.
            put "GRANT ALL ON \`$(printf %s "$MYSQL_DATABASE" | sed 's/_/\\_/g')\`.* TO $user;"
        fi
    fi
}

initialise() {
    for name in ROOT_PASSWORD ROOT_HOST DATABASE USER PASSWORD; do
        setting "MYSQL_$name"
    done
    MYSQL_ROOT_HOST=${MYSQL_ROOT_HOST:-%}
    if [ -z "$MYSQL_ROOT_PASSWORD" ]; then
        if [ -n "${MYSQL_RANDOM_ROOT_PASSWORD:-}" ]; then
            MYSQL_ROOT_PASSWORD=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
            say "GENERATED ROOT PASSWORD: $MYSQL_ROOT_PASSWORD"
        elif [ -z "${MYSQL_ALLOW_EMPTY_PASSWORD:-}" ]; then
            fail "the database is empty: set MYSQL_ROOT_PASSWORD, MYSQL_ALLOW_EMPTY_PASSWORD or MYSQL_RANDOM_ROOT_PASSWORD"
        fi
    fi
    [ "$MYSQL_USER" != root ] || fail "MYSQL_USER cannot be root: use MYSQL_ROOT_PASSWORD"

    say "setting up the database"
    trap 'exit 143' TERM INT
    mariadb-install-db --datadir="$DATA" --auth-root-authentication-method=normal --skip-test-db >/dev/null
    "$@" --skip-networking --skip-log-bin &
    server=$!
    trap 'kill "$server" 2>/dev/null; exit 143' TERM INT
    client_password=
    tries=0
    until client -e 'SELECT 1' >/dev/null 2>&1; do
        kill -0 "$server" 2>/dev/null || fail "the server ended while the database was being set up"
        tries=$((tries + 1))
        [ "$tries" -lt 600 ] || fail "the server does not answer while the database is being set up"
        sleep 0.1
    done
    statements | client
    client_password=$MYSQL_ROOT_PASSWORD
    for file in /docker-entrypoint-initdb.d/*; do
        case "$file" in
            *.sh)
                say "running $file"
                # shellcheck source=/dev/null
                if [ -x "$file" ]; then "$file"; else . "$file"; fi
                ;;
            *.sql)
                say "running $file"
                client ${MYSQL_DATABASE:+"$MYSQL_DATABASE"} <"$file"
                ;;
            *.sql.gz)
                say "running $file"
                gunzip -c "$file" | client ${MYSQL_DATABASE:+"$MYSQL_DATABASE"}
                ;;
            */\*) ;;
            *) say "ignoring $file" ;;
        esac
    done
    kill "$server"
    wait "$server" || fail "the server did not end well after the database was set up"
    trap - TERM INT
    say "the database is set up"
}

case "${1:-}" in
    '' | -*) set -- mysqld "$@" ;;
esac
if [ "$1" != mysqld ] && [ "$1" != mariadbd ]; then
    exec "$@"
fi

if [ "$(id -u)" = 0 ]; then
    mkdir -p "$DATA" /run/mysqld
    find "$DATA" /run/mysqld \! -user mysql -exec chown mysql:mysql '{}' +
    exec setpriv --reuid=mysql --regid=mysql --init-groups "$0" "$@"
fi

# MySQL has this option, MariaDB has not: leave it out.
count=$#
while [ "$count" -gt 0 ]; do
    word=$1
    shift
    case "$word" in
        --default-authentication-plugin=*) ;;
        *) set -- "$@" "$word" ;;
    esac
    count=$((count - 1))
done

[ -d "$DATA/mysql" ] || initialise "$@"
exec "$@"
