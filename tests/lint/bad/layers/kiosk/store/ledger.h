#include "kiosk/core/events.h"
#include <sqlite3.h>
