/** The page. What is needed before the first picture is here; the store in 3D, the shop and the others come when asked for. */
import "./style.css";
import "./app/shell.css";
import { App } from "./app/app";

void new App().start();
