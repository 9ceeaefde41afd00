import type { Metadata } from "next";
import { LoginPage } from "../../components/login-page.tsx";

/** See `LoginPage`. */
export const metadata: Metadata = { title: "Sign in" };

/** Exchanges a token for a session. */
export default function Page() {
  return <LoginPage />;
}
