#include "kiosk/core/figures.h"
