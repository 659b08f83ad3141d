/* The administrator's pages of a running kiosk: settings and clock given to kiosk/web.
 *
 * Main thread; the pages run in a thread of their own.
 */
#ifndef KIOSK_SHELL_PAGES_H
#define KIOSK_SHELL_PAGES_H

#include "kiosk/shell/settings.h"
#include "kiosk/web/web.h"

/* NULL where the site has none, or where they cannot be offered (the log says why). For web_stop().
 * Settings and directory are borrowed until then. */
struct web *pages_start(const struct settings *settings, const char *directory);

#endif
