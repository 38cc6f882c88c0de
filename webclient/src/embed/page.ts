/** What stands in the frame of `<showroom-product>`: the stage of one product, and nothing else of the store. */
import "../style.css";
import "./page.css";
import { product } from "../api";
import { Stage } from "../ui/stage";
import { chosenLanguage, speak, t } from "../ui/words";
import { h } from "../ui/dom";

speak(chosenLanguage());
const id = new URLSearchParams(location.search).get("product") ?? "";
const host = document.getElementById("stage") ?? document.body;
void import("../viewer/viewer").catch(() => undefined); // it comes beside the product; the stage asks for it again
product(id).then(
  (found) => {
    document.title = found.name;
    const stage = new Stage(found, { level: () => undefined });
    host.replaceChildren(stage.element);
    void stage.open();
    addEventListener("pagehide", () => stage.dispose(), { once: true });
  },
  () => host.replaceChildren(h("p", { class: "state" }, t("missing_title"))),
);
