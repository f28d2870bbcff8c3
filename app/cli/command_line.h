#pragma once

namespace fovea::app {

/// Parses the arguments and runs the window or a subcommand. Returns the exit status: 0, or 1 with
/// one sentence on standard error, or 2 for arguments that make no sense.
int run_command_line(int argc, char** argv);

}  // namespace fovea::app
