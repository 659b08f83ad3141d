/* The version that the ledger names at each start. */
#ifndef KIOSK_SHELL_VERSION_H
#define KIOSK_SHELL_VERSION_H

#define BIAOGAN_VERSION "0.1.0"

#endif
