#include "kiosk/core/view.h"
