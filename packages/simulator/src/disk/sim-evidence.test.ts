import { evidenceStoreConformance } from "@quorate/ports/conformance/evidence-store";
import { SimEvidence } from "./sim-evidence.ts";

evidenceStoreConformance(() => {
  const evidence = new SimEvidence(() => undefined);
  return Promise.resolve({
    create: () => evidence.createStore(),
    dispose: () => Promise.resolve(),
  });
});
