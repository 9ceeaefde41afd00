import { journalConformance } from "@quorate/ports/conformance/journal";
import { createFileRig } from "./file-rig.ts";

journalConformance(() => createFileRig());
