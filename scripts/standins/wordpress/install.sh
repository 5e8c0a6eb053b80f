#!/bin/sh
# Install Apache and PHP, and put a complete WordPress into /usr/src/wordpress. Its package is
# unpacked, not installed, because it asks for a database client; the files of other packages that
# it links to are copied, because the volume it goes to can be used from other images.
set -eu
export DEBIAN_FRONTEND=noninteractive

apt-get update
apt-get install -y --no-install-recommends \
    apache2 libapache2-mod-php php-mbstring php-mysql php-xml

mkdir /tmp/wordpress
cd /tmp/wordpress
# shellcheck disable=SC2046 # one word for each package
apt-get download wordpress $(apt-cache depends --important wordpress | awk '$2 ~ /^(libjs-|php-getid3)/ {print $2}') \
    $(apt-cache depends wordpress | awk '$1 == "Recommends:" && $2 ~ /^wordpress-theme-/ {print $2}')
for package in ./*.deb; do
    dpkg-deb -x "$package" .
done

cd usr/share/wordpress
find . -type l -lname '/*' -delete
cp -RL . /usr/src/wordpress
cp /etc/ssl/certs/ca-certificates.crt /usr/src/wordpress/wp-includes/certificates/ca-bundle.crt
cp -Rn /tmp/wordpress/var/lib/wordpress/wp-content/. /usr/src/wordpress/wp-content/
rm /usr/src/wordpress/wp-config.php
chown -R www-data:www-data /usr/src/wordpress

a2enmod -q rewrite expires
ln -sf /dev/stdout /var/log/apache2/access.log
ln -sf /dev/stdout /var/log/apache2/other_vhosts_access.log
ln -sf /dev/stderr /var/log/apache2/error.log
rm -rf /var/www/html
install -d -o www-data -g www-data /var/www/html

apt-get clean
rm -rf /tmp/wordpress /var/lib/apt/lists/* /var/cache/apt/*.bin /tmp/install.sh
