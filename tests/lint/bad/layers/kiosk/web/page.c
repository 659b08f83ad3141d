#include "kiosk/store/ledger.h"
#include <time.h>
