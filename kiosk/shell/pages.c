#include "kiosk/shell/pages.h"

#include "kiosk/shell/clock.h"
#include "kiosk/shell/log.h"

#include <stddef.h>

static int64_t web_now_ms(void *context)
{
    (void)context;
    return clock_now_ms();
}

static int64_t web_utc_ms(void *context)
{
    (void)context;
    return clock_moment().utc_ms;
}

struct web *pages_start(const struct settings *settings, const char *directory)
{
    const struct web_settings *own = &settings->web;
    if (!own->enabled) {
        return NULL;
    }
    struct web_config config = {
        .address = own->address,
        .port = (uint16_t)own->port,
        .password = own->password,
        .directory = directory,
        .site = settings->site.name,
        .sample_least = settings->site.timing.sample_least,
        .certificate = own->certificate,
        .key = own->key,
        .allow_plain_http = own->allow_plain_http,
        .now_ms = web_now_ms,
        .utc_ms = web_utc_ms,
    };
    struct web *web;
    char error[WEB_ERROR_MAX];
    if (!web_start(&web, &config, error)) {
        log_line(LOG_WARNING, "web", "no administrator's page: %s", error);
        return NULL;
    }
    log_line(LOG_INFO, "web", "the administrator's page is on %s port %u", own->address,
             (unsigned)web_port(web));
    return web;
}
