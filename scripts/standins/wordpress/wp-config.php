<?php
// WordPress's configuration, from the environment: WORDPRESS_X, or the file that WORDPRESS_X_FILE names.

function standin_setting($name, $default)
{
    $file = getenv("WORDPRESS_{$name}_FILE");
    if ($file !== false && $file !== '') {
        return rtrim(file_get_contents($file), "\r\n");
    }
    $value = getenv("WORDPRESS_$name");
    return $value === false ? $default : $value;
}

define('DB_HOST', standin_setting('DB_HOST', 'mysql'));
define('DB_NAME', standin_setting('DB_NAME', 'wordpress'));
define('DB_USER', standin_setting('DB_USER', 'wordpress'));
define('DB_PASSWORD', standin_setting('DB_PASSWORD', ''));
define('DB_CHARSET', standin_setting('DB_CHARSET', 'utf8'));
define('DB_COLLATE', standin_setting('DB_COLLATE', ''));

define('AUTH_KEY', standin_setting('AUTH_KEY', 'RANDOM'));
define('SECURE_AUTH_KEY', standin_setting('SECURE_AUTH_KEY', 'RANDOM'));
define('LOGGED_IN_KEY', standin_setting('LOGGED_IN_KEY', 'RANDOM'));
define('NONCE_KEY', standin_setting('NONCE_KEY', 'RANDOM'));
define('AUTH_SALT', standin_setting('AUTH_SALT', 'RANDOM'));
define('SECURE_AUTH_SALT', standin_setting('SECURE_AUTH_SALT', 'RANDOM'));
define('LOGGED_IN_SALT', standin_setting('LOGGED_IN_SALT', 'RANDOM'));
define('NONCE_SALT', standin_setting('NONCE_SALT', 'RANDOM'));

$table_prefix = standin_setting('TABLE_PREFIX', 'wp_');
define('WP_DEBUG', (bool) standin_setting('DEBUG', ''));
if (($_SERVER['HTTP_X_FORWARDED_PROTO'] ?? '') === 'https') {
    $_SERVER['HTTPS'] = 'on';
}
if (($more = standin_setting('CONFIG_EXTRA', '')) !== '') {
    eval($more);
}

if (!defined('ABSPATH')) {
    define('ABSPATH', __DIR__ . '/');
}
require_once ABSPATH . 'wp-settings.php';
