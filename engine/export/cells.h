#pragma once

#include "engine/export/file_content.h"

namespace fovea {

/// One row a cell of the heads' maps that a job asks for. It reads the job, which must outlive it.
/// Errors: what such a row has no place for; nothing is chosen; as of select_parts().
Result<TableContent> cell_table(const ExportJob& job);

}  // namespace fovea
