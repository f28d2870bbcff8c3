#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "app/panels/export_outcome.h"
#include "app/panels/panel.h"
#include "engine/export/export.h"

namespace fovea::app {

/// What the export dialog is set to.
struct ExportChoices {
    enum class Heads { chosen, layer, all };
    /// In the view of explanations; elsewhere it is the attention.
    enum class What { explanation, attention } what = What::explanation;
    std::string folder;
    std::string name;  ///< of the file, without its ending
    int format = 0;    ///< place in exporters()
    Heads heads = Heads::all;
    bool attentions = true, hidden_states = false, logits = false, attention_logits = false,
         metrics = true;
    bool with_edits = true;
    /// Of a format that holds one array only: which.
    enum class Array { attentions, attention_logits, logits } array = Array::attentions;
    std::string finding;      ///< of an explanation, for .csv and pictures; empty: all
    std::string found_array;  ///< the same, for .npy
    std::string proposed;     ///< the name that was proposed; another one was typed
};

/// Proposes a name for the file, unless a person has typed another.
void propose_name(ExportChoices& choices, const std::string& name);
const Exporter& export_format(const ExportChoices& choices);
/// What the chosen format has room for; pictures aside.
Exporter::Holds holds(const ExportChoices& choices);
/// The chosen format is a picture: the chosen head's map as the middle of the window draws it.
bool draws(const ExportChoices& choices);
/// The heads that are written: where only one layer can be, all heads are those of the layer.
ExportChoices::Heads heads_in_force(const ExportChoices& choices);

/// As exports know it: "viridis".
std::string colour_name(ColourMap map);
/// Home, or the current folder where there is none.
std::filesystem::path home_folder();
/// "~/maps" as the folder it means.
std::filesystem::path expanded(const std::string& folder);
/// Where the choices write.
std::filesystem::path export_file(const ExportChoices& choices);
/// The ending of a format that is typed at the end of the name chooses that format.
void take_typed_ending(ExportChoices& choices);
/// Another format was chosen: it is not the one that was typed.
void drop_typed_ending(ExportChoices& choices);
/// The choices as a job on what is shown.
ExportJob export_job(const Frame& frame, const ExportChoices& choices);
/// How many numbers the job writes.
double export_numbers(const ExportJob& job);

ExportWork export_work(ExportJob job);
ExportWork copy_matrix_work(const Frame& frame);
ExportWork copy_picture_work(const Frame& frame, const ExportChoices& choices);

}  // namespace fovea::app
