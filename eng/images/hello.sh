#!/bin/sh
# A web server that says which pod it is. Its document root is made at start, so that the image can be read-only.
mkdir -p /tmp/www
echo "hello from $(hostname)" >/tmp/www/index.html
exec httpd -f -p "${PORT:-80}" -h /tmp/www
