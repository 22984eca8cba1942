import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Provider } from "urql";
import { App } from "./App";
import { createClient } from "./client";

const server = new URLSearchParams(location.search).get("server") ?? "http://127.0.0.1:8000";

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <Provider value={createClient(server)}>
      <App />
    </Provider>
  </StrictMode>,
);
