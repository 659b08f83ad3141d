#include "kiosk/shell/c.h"
