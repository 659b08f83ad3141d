/* The administrator's pages over HTTP(S): log in, see the week, download the ledger.
 *
 * One thread of its own, made by web_start() and joined by web_stop(); nothing of it blocks the
 * kiosk. Each request opens the ledger read-only and closes it again. Without configuration it
 * listens on the loopback address alone.
 */
#ifndef KIOSK_WEB_WEB_H
#define KIOSK_WEB_WEB_H

#include <stdbool.h>
#include <stdint.h>

enum {
    WEB_ERROR_MAX = 240,
    WEB_CONNECTIONS_MAX = 32,
    WEB_CONNECTIONS_PER_ADDRESS = 4,
    WEB_TIMEOUT_S = 10
};

/* Everything pointed at is borrowed until web_stop(). */
struct web_config {
    const char *address;           /* IPv4 or IPv6; NULL or "": 127.0.0.1 */
    uint16_t port;                 /* 0: any free one, see web_port() */
    const char *password;          /* argon2id string of `biaogan passwd` */
    const char *directory;         /* of the ledger */
    const char *site;              /* name in titles */
    int32_t sample_least;          /* fewer inspected bags read 样本不足 */
    const char *certificate, *key; /* PEM files; NULL or "": plain HTTP */
    bool allow_plain_http;         /* also beyond the loopback address */

    /* Clocks, called from the web thread: monotonic ms; UTC ms or 0 while the clock is unset. */
    int64_t (*now_ms)(void *context);
    int64_t (*utc_ms)(void *context);
    void *clock_context;
};

struct web;

/* False: *web is NULL and `error` says what is wrong and what to do. */
bool web_start(struct web **web, const struct web_config *config, char error[WEB_ERROR_MAX]);
uint16_t web_port(const struct web *web);
void web_stop(struct web *web); /* ends downloads that run; NULL is allowed */

#endif
