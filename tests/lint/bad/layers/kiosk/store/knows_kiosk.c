#include "kiosk/core/kiosk.h"
