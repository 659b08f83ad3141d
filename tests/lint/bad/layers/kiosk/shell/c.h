#include "kiosk/shell/a.h"
