/* The inside of the web server, for the files of this folder only. */
#ifndef KIOSK_WEB_WEB_INTERNAL_H
#define KIOSK_WEB_WEB_INTERNAL_H

#include <microhttpd.h>

#include "kiosk/web/session.h"
#include "kiosk/web/web.h"

struct web {
    struct web_config config;
    struct MHD_Daemon *daemon;
    bool secure;
    struct sessions sessions;
    char *certificate, *key; /* contents */
};

/* Callbacks of libmicrohttpd; the context is the struct. They run on its thread. */
enum MHD_Result web_handle(void *context, struct MHD_Connection *connection, const char *path,
                           const char *method, const char *version, const char *data, size_t *size,
                           void **state);
void web_forget_request(void *context, struct MHD_Connection *connection, void **state,
                        enum MHD_RequestTerminationCode code);

#endif
