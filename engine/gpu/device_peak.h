#pragma once

#include "engine/core/result.h"

namespace fovea::gpu {

/// What the device reaches at most, measured: the best of a few runs.
struct DevicePeak {
    double gflop_s = 0;    ///< float32 multiply-adds in registers, two operations each
    double copy_gb_s = 0;  ///< a buffer copied to another on the device, read and written bytes
};

/// Some hundred milliseconds, and 128 MiB of the device's memory. With a context of OpenGL 4.3
/// current.
Result<DevicePeak> measure_device_peak();

}  // namespace fovea::gpu
