#include "kiosk/core/events.h"
