#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "kiosk/web/web_internal.h"

enum {
    STACK_BYTES = 256 * 1024,
    REQUEST_MEMORY = 16 * 1024, /* of one connection: its header must fit */
    PEM_BYTES_MAX = 64 * 1024
};

/* ---- starting -------------------------------------------------------------------------------- */

union socket_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static bool parse_address(union socket_address *address, const char *text, uint16_t port)
{
    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, text, &address->v4.sin_addr) == 1) {
        address->v4.sin_family = AF_INET;
        address->v4.sin_port = htons(port);
        return true;
    }
    if (inet_pton(AF_INET6, text, &address->v6.sin6_addr) == 1) {
        address->v6.sin6_family = AF_INET6;
        address->v6.sin6_port = htons(port);
        return true;
    }
    return false;
}

static bool is_loopback(const union socket_address *address)
{
    if (address->any.sa_family == AF_INET) {
        return ntohl(address->v4.sin_addr.s_addr) >> 24 == 127;
    }
    return IN6_IS_ADDR_LOOPBACK(&address->v6.sin6_addr);
}

static char *read_pem(const char *path, char error[WEB_ERROR_MAX])
{
    char *text = malloc(PEM_BYTES_MAX + 1);
    FILE *file = fopen(path, "re");
    size_t length = text && file ? fread(text, 1, PEM_BYTES_MAX, file) : 0;

    if (length == 0) {
        snprintf(error, WEB_ERROR_MAX,
                 "web: cannot read %.100s (%s); check the path of the PEM file", path,
                 file ? "it is empty" : strerror(errno));
    }
    if (file) {
        fclose(file);
    }
    if (length == 0) {
        free(text);
        return NULL;
    }
    text[length] = '\0';
    return text;
}

static bool is_set(const char *text)
{
    return text && *text;
}

static bool prepare(struct web *web, union socket_address *address, char error[WEB_ERROR_MAX])
{
    const struct web_config *config = &web->config;
    const char *text = is_set(config->address) ? config->address : "127.0.0.1";

    if (!parse_address(address, text, config->port)) {
        snprintf(error, WEB_ERROR_MAX,
                 "web: \"%.60s\" is no IP address; write it like 192.168.1.20", text);
        return false;
    }
    if (!config->password || strncmp(config->password, "$argon2id$", 10) != 0) {
        snprintf(error, WEB_ERROR_MAX,
                 "web: no password is set; make one with `biaogan passwd` and put its line into "
                 "the site file");
        return false;
    }
    if (is_set(config->certificate) != is_set(config->key)) {
        snprintf(error, WEB_ERROR_MAX, "web: certificate and key belong together; give both");
        return false;
    }
    web->secure = is_set(config->certificate);
    if (!web->secure && !is_loopback(address) && !config->allow_plain_http) {
        snprintf(error, WEB_ERROR_MAX,
                 "web: %.60s is reachable from other machines and the password would cross the "
                 "network readable; give a certificate and key, or listen on 127.0.0.1",
                 text);
        return false;
    }
    if (!web->secure) {
        return true;
    }
    web->certificate = read_pem(config->certificate, error);
    web->key = web->certificate ? read_pem(config->key, error) : NULL;
    return web->key != NULL;
}

/* A NUL would end a path or a word early and make it look like an allowed one. */
static size_t unescape(void *context, struct MHD_Connection *connection, char *text)
{
    size_t length = MHD_http_unescape(text);

    (void)context;
    (void)connection;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\0') {
            text[i] = '\x01';
        }
    }
    return length;
}

static struct MHD_Daemon *start_daemon(struct web *web, const union socket_address *address)
{
    const unsigned flags = MHD_USE_AUTO_INTERNAL_THREAD |
                           (address->any.sa_family == AF_INET6 ? MHD_USE_IPv6 : 0U) |
                           (web->secure ? MHD_USE_TLS : 0U);
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, web->certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, web->key},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem nothing[] = {{MHD_OPTION_END, 0, NULL}};

    return MHD_start_daemon(
        flags, web->config.port, NULL, NULL, web_handle, web, MHD_OPTION_SOCK_ADDR, &address->any,
        MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL, MHD_OPTION_NOTIFY_COMPLETED,
        web_forget_request, web, MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK_BYTES,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)REQUEST_MEMORY, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)WEB_CONNECTIONS_MAX, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        (unsigned)WEB_CONNECTIONS_PER_ADDRESS, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)WEB_TIMEOUT_S, MHD_OPTION_ARRAY, web->secure ? tls : nothing, MHD_OPTION_END);
}

bool web_start(struct web **web, const struct web_config *config, char error[WEB_ERROR_MAX])
{
    union socket_address address;

    *web = NULL;
    if (sodium_init() < 0) {
        snprintf(error, WEB_ERROR_MAX, "web: libsodium does not start; reinstall libsodium23");
        return false;
    }
    struct web *started = calloc(1, sizeof *started);
    if (!started) {
        snprintf(error, WEB_ERROR_MAX, "web: out of memory; stop other programs");
        return false;
    }
    started->config = *config;
    if (prepare(started, &address, error)) {
        errno = 0;
        started->daemon = start_daemon(started, &address);
        if (!started->daemon) {
            snprintf(error, WEB_ERROR_MAX,
                     "web: cannot listen on port %u (%s); choose another port, or check the "
                     "certificate",
                     config->port, errno ? strerror(errno) : "certificate or key not accepted");
        }
    }
    if (!started->daemon) {
        web_stop(started);
        return false;
    }
    *web = started;
    return true;
}

uint16_t web_port(const struct web *web)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(web->daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info ? info->port : 0;
}

void web_stop(struct web *web)
{
    if (!web) {
        return;
    }
    if (web->daemon) {
        MHD_stop_daemon(web->daemon);
    }
    if (web->key) {
        sodium_memzero(web->key, strlen(web->key));
    }
    free(web->certificate);
    free(web->key);
    sodium_memzero(web, sizeof *web);
    free(web);
}
