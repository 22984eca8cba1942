import { ApolloProvider } from "@apollo/client/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { createClient } from "./client";

const server = new URLSearchParams(location.search).get("server") ?? "http://127.0.0.1:8000";

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <ApolloProvider client={createClient(server)}>
      <App />
    </ApolloProvider>
  </StrictMode>,
);
