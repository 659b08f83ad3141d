#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "assets/assets.h"
#include "assets/strings/web.def"
#include "kiosk/report/export.h"
#include "kiosk/store/notes.h"
#include "kiosk/web/figures_page.h"
#include "kiosk/web/page.h"
#include "kiosk/web/web_internal.h"

ASSET(web_login);
ASSET(web_downloads);
ASSET(web_style);

enum {
    FORM_BYTES_MAX = 4096,
    FLOOD_BYTES = 64 * 1024, /* a body beyond this ends the connection */
    PASSWORD_MAX = 128,
    DOWNLOAD_BLOCK = 32 * 1024,
    HEADER_MAX = 1024
};

#define COOKIE_NAME "biaogan_session"

#define X(name, text) static const char name[] = text;
WEB_MESSAGES(X)
#undef X

/* One request while it arrives. */
struct request {
    struct MHD_PostProcessor *form;
    size_t body_bytes;
    bool bad_form;
    size_t password_length;
    char password[PASSWORD_MAX];
};

typedef enum MHD_Result handler(struct web *web, struct MHD_Connection *connection,
                                struct request *request);

/* ---- answers --------------------------------------------------------------------------------- */

static void add_security_headers(struct MHD_Response *response)
{
    static const char *const headers[][2] = {
        {"Content-Security-Policy", "default-src 'self'; base-uri 'none'; form-action 'self'; "
                                    "frame-ancestors 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Cache-Control", "no-store"},
        /* "no-referrer" would make browsers send Origin: null with our own forms. */
        {"Referrer-Policy", "same-origin"},
    };
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        MHD_add_response_header(response, headers[i][0], headers[i][1]);
    }
}

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned status,
                              struct MHD_Response *response, const char *type)
{
    if (!response) {
        return MHD_NO;
    }
    if (type) {
        MHD_add_response_header(response, "Content-Type", type);
    }
    add_security_headers(response);
    enum MHD_Result queued = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result answer_text(struct MHD_Connection *connection, unsigned status,
                                   const char *text)
{
    /* The text is constant; libmicrohttpd's parameter is not const. */
    struct MHD_Response *response = MHD_create_response_from_buffer(
        strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
    return answer(connection, status, response, "text/plain; charset=utf-8");
}

static struct MHD_Response *redirection(const char *to)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);

    if (response) {
        MHD_add_response_header(response, "Location", to);
    }
    return response;
}

struct page_context {
    const struct web *web;
    const char *message;
    struct figures_page figures;
};

static void page_value(void *context, const char *name, char value[PAGE_VALUE_MAX])
{
    struct page_context *page = context;

    if (strcmp(name, "site") == 0) {
        snprintf(value, PAGE_VALUE_MAX, "%s", page->web->config.site);
    } else if (strcmp(name, "message") == 0) {
        snprintf(value, PAGE_VALUE_MAX, "%s", page->message);
    } else if (strcmp(name, "message_class") == 0) {
        snprintf(value, PAGE_VALUE_MAX, "%s", *page->message ? "warning" : "none");
    } else {
        figures_page_value(&page->figures, name, value);
    }
}

static struct MHD_Response *render(const unsigned char *source, size_t size,
                                   struct page_context *context)
{
    size_t length;
    char *bytes = page_render(source, size, page_value, context, &length);

    return bytes ? MHD_create_response_from_buffer(length, bytes, MHD_RESPMEM_MUST_FREE) : NULL;
}

/* Where the request comes from. */
static login_client_t client_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    login_client_t client = {{0}};

    if (info && info->client_addr->sa_family == AF_INET) {
        memcpy(client.bytes,
               (const char *)info->client_addr + offsetof(struct sockaddr_in, sin_addr),
               sizeof(struct in_addr));
    } else if (info && info->client_addr->sa_family == AF_INET6) {
        memcpy(client.bytes,
               (const char *)info->client_addr + offsetof(struct sockaddr_in6, sin6_addr),
               sizeof client.bytes);
    }
    return client;
}

static enum MHD_Result answer_login(struct web *web, struct MHD_Connection *connection,
                                    unsigned status, const char *message)
{
    struct page_context context = {.web = web, .message = message};
    struct MHD_Response *response = render(asset_web_login, asset_web_login_size, &context);
    login_client_t client = client_of(connection);
    int64_t wait =
        session_wait_ms(&web->sessions, web->config.now_ms(web->config.clock_context), &client);
    char seconds[24];

    if (response && wait > 0) {
        snprintf(seconds, sizeof seconds, "%lld", (long long)(wait + 999) / 1000);
        MHD_add_response_header(response, "Retry-After", seconds);
    }
    return answer(connection, status, response, "text/html; charset=utf-8");
}

static enum MHD_Result answer_downloads(struct web *web, struct MHD_Connection *connection,
                                        unsigned status, const char *message)
{
    struct page_context context = {.web = web, .message = message};

    figures_page_load(&context.figures, web->config.directory,
                      web->config.utc_ms(web->config.clock_context),
                      MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "from"),
                      MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "to"),
                      web->config.sample_least);
    if (!*message && context.figures.has_clock && !context.figures.has_figures) {
        context.message = WEB_NO_LEDGER;
    }
    return answer(connection, status,
                  render(asset_web_downloads, asset_web_downloads_size, &context),
                  "text/html; charset=utf-8");
}

/* ---- who asks -------------------------------------------------------------------------------- */

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static const char *session_cookie(struct MHD_Connection *connection)
{
    const char *id = MHD_lookup_connection_value(connection, MHD_COOKIE_KIND, COOKIE_NAME);
    return id ? id : "";
}

static bool is_logged_in(struct web *web, struct MHD_Connection *connection)
{
    return session_touch(&web->sessions, web->config.now_ms(web->config.clock_context),
                         session_cookie(connection));
}

static void set_cookie(const struct web *web, struct MHD_Response *response, const char *id,
                       const char *life)
{
    char cookie[160];

    snprintf(cookie, sizeof cookie, COOKIE_NAME "=%s; Path=/; HttpOnly; SameSite=Strict%s%s", id,
             life, web->secure ? "; Secure" : "");
    MHD_add_response_header(response, "Set-Cookie", cookie);
}

/* Browsers say where a form came from. Programs that say nothing carry no foreign cookie either. */
static bool is_own_form(const struct web *web, struct MHD_Connection *connection)
{
    const char *origin = header(connection, "Origin"), *host = header(connection, "Host");
    char expected[HEADER_MAX];

    if (!host) {
        return false;
    }
    snprintf(expected, sizeof expected, "%s://%s", web->secure ? "https" : "http", host);
    return !origin || strcmp(origin, expected) == 0;
}

/* ---- pages ----------------------------------------------------------------------------------- */

static enum MHD_Result get_style(struct web *web, struct MHD_Connection *connection,
                                 struct request *request)
{
    (void)web;
    (void)request;
    struct MHD_Response *response = MHD_create_response_from_buffer(
        asset_web_style_size, (void *)(uintptr_t)asset_web_style, MHD_RESPMEM_PERSISTENT);
    return answer(connection, MHD_HTTP_OK, response, "text/css; charset=utf-8");
}

static enum MHD_Result get_login(struct web *web, struct MHD_Connection *connection,
                                 struct request *request)
{
    (void)request;
    return answer_login(web, connection, MHD_HTTP_OK, "");
}

static enum MHD_Result get_downloads(struct web *web, struct MHD_Connection *connection,
                                     struct request *request)
{
    (void)request;
    return answer_downloads(web, connection, MHD_HTTP_OK, "");
}

static void note_login(const struct web *web, bool accepted)
{
    struct kiosk_event event = {.kind = EVENT_LOGIN, .body.login = {"web", accepted}};

    (void)notes_leave(web->config.directory, &event);
}

static enum MHD_Result post_login(struct web *web, struct MHD_Connection *connection,
                                  struct request *request)
{
    int64_t now = web->config.now_ms(web->config.clock_context);
    login_client_t client = client_of(connection);
    char id[SESSION_ID_MAX];

    if (session_wait_ms(&web->sessions, now, &client) > 0) {
        return answer_login(web, connection, MHD_HTTP_TOO_MANY_REQUESTS, WEB_LOCKED);
    }
    bool right = crypto_pwhash_str_verify(web->config.password, request->password,
                                          request->password_length) == 0;
    sodium_memzero(request->password, sizeof request->password);
    note_login(web, right);
    if (!right) {
        session_count_failure(&web->sessions, now, &client);
        return answer_login(web, connection, MHD_HTTP_FORBIDDEN, WEB_WRONG_PASSWORD);
    }
    struct MHD_Response *response = redirection("/");
    if (!response) {
        return MHD_NO;
    }
    /* A new id at every login: one that was planted before it is worth nothing. */
    session_end(&web->sessions, session_cookie(connection));
    session_begin(&web->sessions, now, &client, id);
    set_cookie(web, response, id, "");
    sodium_memzero(id, sizeof id);
    return answer(connection, MHD_HTTP_SEE_OTHER, response, NULL);
}

static enum MHD_Result post_logout(struct web *web, struct MHD_Connection *connection,
                                   struct request *request)
{
    struct MHD_Response *response = redirection("/login");

    (void)request;
    session_end(&web->sessions, session_cookie(connection));
    if (response) {
        set_cookie(web, response, "", "; Max-Age=0");
    }
    return answer(connection, MHD_HTTP_SEE_OTHER, response, NULL);
}

/* ---- downloads ------------------------------------------------------------------------------- */

/* One download, from its request to its end. */
struct download {
    const char *directory;
    struct export *export;
    crypto_hash_sha256_state hashing;
    bool is_complete;
    struct kiosk_event said; /* what the ledger will keep of it */
};

static ssize_t read_export(void *context, uint64_t position, char *bytes, size_t size)
{
    struct download *download = context;
    ssize_t count = export_read(download->export, bytes, size);

    (void)position;
    if (count < 0) {
        return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    crypto_hash_sha256_update(&download->hashing, (const uint8_t *)bytes, (size_t)count);
    download->is_complete = count == 0;
    return count == 0 ? MHD_CONTENT_READER_END_OF_STREAM : count;
}

static void close_export(void *context)
{
    struct download *download = context;
    struct event_export *said = &download->said.body.export;

    if (download->is_complete) {
        uint8_t hash[crypto_hash_sha256_BYTES];
        crypto_hash_sha256_final(&download->hashing, hash);
        sodium_bin2hex(said->sha256, sizeof said->sha256, hash, sizeof hash);
        said->rows = export_rows(download->export);
        /* Where it cannot be noted, the storage has a fault that the screen tells of. */
        (void)notes_leave(download->directory, &download->said);
    }
    export_close(download->export);
    free(download);
}

/* What is wanted, and the newest row that can be in it. */
static void describe(struct download *download, const char *const words[4])
{
    struct event_export *said = &download->said.body.export;
    struct ledger *ledger = NULL;
    char error[LEDGER_ERROR_MAX];

    download->said.kind = EVENT_EXPORT;
    snprintf(said->what, sizeof said->what, "%s", words[0]);
    snprintf(said->from, sizeof said->from, "%s", words[1] ? words[1] : "");
    snprintf(said->to, sizeof said->to, "%s", words[2] ? words[2] : "");
    snprintf(said->format, sizeof said->format, "%s", words[3]);
    snprintf(said->who, sizeof said->who, "web");
    if (ledger_open_reader(&ledger, download->directory, error) == LEDGER_OK) {
        said->last_seq = ledger_last_seq(ledger);
        ledger_close(ledger);
    }
}

static void add_file_name(struct MHD_Response *response, const struct export_request *request)
{
    char name[EXPORT_NAME_MAX], ascii[EXPORT_NAME_MAX], value[4 * EXPORT_NAME_MAX + 64];
    size_t length;

    export_file_name(request, name, ascii);
    length = (size_t)snprintf(value, sizeof value, "attachment; filename=\"%s\"; filename*=UTF-8''",
                              ascii);
    for (const char *at = name; *at; at++) {
        unsigned char byte = (unsigned char)*at;
        bool plain = byte < 0x80 && byte > ' ';
        length +=
            (size_t)snprintf(value + length, sizeof value - length, plain ? "%c" : "%%%02X", byte);
    }
    MHD_add_response_header(response, "Content-Disposition", value);
}

static enum MHD_Result get_export(struct web *web, struct MHD_Connection *connection,
                                  struct request *request)
{
    static const char *const names[] = {"what", "from", "to", "format"};
    const char *words[sizeof names / sizeof *names];
    char error[EXPORT_ERROR_MAX];
    struct export_request wanted;

    (void)request;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        words[i] = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, names[i]);
    }
    if (!export_parse(&wanted, words[0], words[1], words[2], words[3], error)) {
        return answer_downloads(web, connection, MHD_HTTP_BAD_REQUEST, WEB_BAD_REQUEST);
    }
    struct download *download = calloc(1, sizeof *download);
    if (!download) {
        return MHD_NO;
    }
    download->directory = web->config.directory;
    describe(download, words);
    crypto_hash_sha256_init(&download->hashing);
    download->export = export_open(web->config.directory, &wanted, error);
    if (!download->export) {
        free(download);
        return answer_downloads(web, connection, MHD_HTTP_SERVICE_UNAVAILABLE, WEB_NO_LEDGER);
    }
    struct MHD_Response *response = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, DOWNLOAD_BLOCK, read_export, download, close_export);
    if (!response) {
        close_export(download);
        return MHD_NO;
    }
    add_file_name(response, &wanted);
    return answer(connection, MHD_HTTP_OK, response, export_media_type(wanted.format));
}

/* ---- requests -------------------------------------------------------------------------------- */

/* Everything there is; no path is ever looked up in a file system. */
static const struct route {
    const char *method, *path;
    bool open; /* to whoever is not logged in */
    handler *handle;
} routes[] = {
    {"GET", "/", false, get_downloads},   {"GET", "/export", false, get_export},
    {"GET", "/login", true, get_login},   {"GET", "/style.css", true, get_style},
    {"POST", "/login", true, post_login}, {"POST", "/logout", false, post_logout},
};

static const struct route *find_route(const char *method, const char *path, bool *path_known)
{
    *path_known = false;
    if (strcmp(method, "HEAD") == 0) {
        method = "GET";
    }
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (strcmp(routes[i].path, path) != 0) {
            continue;
        }
        *path_known = true;
        if (strcmp(routes[i].method, method) == 0) {
            return &routes[i];
        }
    }
    return NULL;
}

static enum MHD_Result take_field(void *context, enum MHD_ValueKind kind, const char *key,
                                  const char *file_name, const char *type, const char *encoding,
                                  const char *data, uint64_t offset, size_t size)
{
    struct request *request = context;

    (void)kind;
    (void)file_name;
    (void)type;
    (void)encoding;
    if (strcmp(key, "password") != 0) {
        return MHD_YES;
    }
    if (offset != request->password_length || size > PASSWORD_MAX - request->password_length) {
        request->bad_form = true;
        return MHD_YES;
    }
    memcpy(request->password + offset, data, size);
    request->password_length += size;
    return MHD_YES;
}

static enum MHD_Result take_body(struct request *request, const char *data, size_t *size)
{
    request->body_bytes += *size;
    if (request->body_bytes > FLOOD_BYTES) {
        return MHD_NO;
    }
    if (request->body_bytes > FORM_BYTES_MAX || !request->form) {
        request->bad_form = true;
    } else {
        MHD_post_process(request->form, data, *size);
    }
    *size = 0;
    return MHD_YES;
}

static enum MHD_Result respond(struct web *web, struct MHD_Connection *connection, const char *path,
                               const char *method, struct request *request)
{
    bool path_known;
    const struct route *route = find_route(method, path, &path_known);

    if (!route) {
        return answer_text(connection,
                           path_known ? MHD_HTTP_METHOD_NOT_ALLOWED : MHD_HTTP_NOT_FOUND,
                           WEB_NOT_FOUND);
    }
    if (request->bad_form) {
        return answer_text(connection, MHD_HTTP_CONTENT_TOO_LARGE, WEB_TOO_LARGE);
    }
    if (strcmp(method, "POST") == 0 && !is_own_form(web, connection)) {
        return answer_text(connection, MHD_HTTP_FORBIDDEN, WEB_FOREIGN_FORM);
    }
    if (!route->open && !is_logged_in(web, connection)) {
        return answer(connection, MHD_HTTP_SEE_OTHER, redirection("/login"), NULL);
    }
    return route->handle(web, connection, request);
}

enum MHD_Result web_handle(void *context, struct MHD_Connection *connection, const char *path,
                           const char *method, const char *version, const char *data, size_t *size,
                           void **state)
{
    struct request *request = *state;

    (void)version;
    if (!request) {
        request = calloc(1, sizeof *request);
        if (!request) {
            return MHD_NO;
        }
        *state = request;
        if (strcmp(method, "POST") == 0) {
            request->form = MHD_create_post_processor(connection, 1024, take_field, request);
        }
        return MHD_YES;
    }
    if (*size > 0) {
        return take_body(request, data, size);
    }
    return respond(context, connection, path, method, request);
}

void web_forget_request(void *context, struct MHD_Connection *connection, void **state,
                        enum MHD_RequestTerminationCode code)
{
    struct request *request = *state;

    (void)context;
    (void)connection;
    (void)code;
    if (!request) {
        return;
    }
    if (request->form) {
        MHD_destroy_post_processor(request->form);
    }
    sodium_memzero(request, sizeof *request);
    free(request);
    *state = NULL;
}
