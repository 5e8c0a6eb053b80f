#!/bin/sh
# Copy WordPress to an empty volume, give it a configuration, then run the web server.
set -eu

case "${1:-}" in
    apache2*)
        cd /var/www/html
        if [ ! -e index.php ] && [ ! -e wp-includes/version.php ]; then
            echo "entrypoint: copying WordPress to $PWD" >&2
            tar -C /usr/src/wordpress -cf - --exclude=./wp-config-standin.php . | tar -xf -
        fi
        if [ ! -e wp-config.php ] && env | grep -q '^WORDPRESS_'; then
            # Random keys, each as long as WordPress wants them.
            awk '
                /RANDOM/ {
                    command = "od -An -N32 -tx1 /dev/urandom | tr -d \" \\n\""
                    command | getline key
                    close(command)
                    sub(/RANDOM/, key)
                }
                { print }
            ' /usr/src/wordpress/wp-config-standin.php >wp-config.php
            if [ "$(id -u)" = 0 ]; then
                chown www-data:www-data wp-config.php
            fi
        fi
        ;;
esac
exec "$@"
