#include "kiosk/core/bin.h"
