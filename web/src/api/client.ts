/** The service under /api/v1, typed by its own OpenAPI document (schema.ts is generated from it). */

import type { components } from "./schema";

type Schemas = components["schemas"];
export type Job = Schemas["Job"];
export type JobDetail = Schemas["JobDetail"];
export type JobList = Schemas["JobList"];
export type JobRequest = Schemas["JobRequest"];
export type Result = Schemas["Result"];
export type Capabilities = Schemas["Capabilities"];
export type UploadedPicture = Schemas["Picture"];
export type Proposal = Schemas["Proposal"];
export type Format = Schemas["Format"];
export type Imported = Schemas["Imported"];
export type Verification = Schemas["Verification"];
type Refusal = Schemas["Refusal"];

export const API = "/api/v1";

/** The service said no, in words for a person. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

async function asked<T>(path: string, options: RequestInit = {}): Promise<T> {
  const answer = await fetch(`${API}${path}`, options);
  if (!answer.ok) throw new Refused(answer.status, await reasonOf(answer));
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

async function reasonOf(answer: Response): Promise<string> {
  try {
    const refusal = (await answer.json()) as Partial<Refusal>;
    const [fault] = refusal.faults ?? [];
    return fault ? `${fault.given} ${fault.fix}` : (refusal.message ?? answer.statusText);
  } catch {
    return answer.statusText || String(answer.status);
  }
}

const json = (method: string, body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method,
  headers: { "Content-Type": "application/json", ...headers },
  body: JSON.stringify(body),
});

export const service = {
  capabilities: () => asked<Capabilities>("/capabilities"),
  upload: (blob: Blob, name: string) => {
    const form = new FormData();
    form.append("file", blob, name);
    return asked<UploadedPicture>("/pictures", { method: "POST", body: form });
  },
  submit: (request: JobRequest, key: string) =>
    asked<JobDetail>("/jobs", json("POST", request, { "Idempotency-Key": key })),
  detail: (id: string) => asked<JobDetail>(`/jobs/${id}`),
  cancel: (id: string) => asked<Job>(`/jobs/${id}/cancel`, { method: "POST" }),
  retry: (id: string, key: string) =>
    asked<JobDetail>(`/jobs/${id}/retry`, { method: "POST", headers: { "Idempotency-Key": key } }),
  remove: (id: string) => asked<undefined>(`/jobs/${id}`, { method: "DELETE" }),
  propose: (picture: string, wanted: { point?: { x: number; y: number }; phrase?: string }) =>
    asked<Proposal[]>("/proposals", json("POST", { picture, ...wanted })),
  /** Another picture, without the thing in the box. */
  clear: (picture: string, box: readonly number[]) => asked<UploadedPicture>(`/pictures/${picture}/clearings`, json("POST", { box })),
  formats: () => asked<Format[]>("/formats"),
  /** `size` is that of the picture the boxes are for: some formats count in its pixels. */
  importFile: (file: File, size: { width: number; height: number } | null) => {
    const form = new FormData();
    form.append("file", file, file.name);
    if (size) {
      form.append("width", String(size.width));
      form.append("height", String(size.height));
    }
    return asked<Imported>("/imports", { method: "POST", body: form });
  },
  exportScene: async (scene: unknown, format: string): Promise<{ blob: Blob; notes: string[] }> => {
    const answer = await fetch(`${API}/exports`, json("POST", { scene, format }));
    if (!answer.ok) throw new Refused(answer.status, await reasonOf(answer));
    const notes = JSON.parse(decodeURIComponent(answer.headers.get("Boximator-Notes") ?? "%5B%5D")) as string[];
    return { blob: await answer.blob(), notes };
  },
  verify: (file: File) => {
    const form = new FormData();
    form.append("file", file, file.name);
    return asked<Verification>("/verifications", { method: "POST", body: form });
  },
  picture: (address: string) => fetch(address).then((answer) => answer.blob()),
};
