import { blocksConformance } from "@quorate/ports/conformance/blocks";
import { journalConformance } from "@quorate/ports/conformance/journal";
import { createFileRig } from "./file-rig.ts";

journalConformance(() => createFileRig());
blocksConformance(() => createFileRig());
