/** A page to look at the figure chooser alone: `crowd.chooser.html?figures=…&lang=zh`. Not shipped. */
import "../src/avatar/chooser";
import type { FigureChooser } from "../src/avatar/chooser";
import { speak } from "../src/ui/words";

const ask = new URLSearchParams(location.search);
const language = ask.get("lang");
if (language === "zh" || language === "es") speak(language);
const chooser = document.createElement("figure-chooser") as FigureChooser;
chooser.figures = ask.get("figures") ?? "/figures/";
document.querySelector("main")!.append(chooser);
Object.assign(window, { chooser, __crowd: () => ({ draws: chooser.state === "ready" ? 2 : 0 }) });
