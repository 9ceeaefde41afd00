import { type Fields, fieldsIn, listIn, numberIn, textIn } from "./answer.ts";

/** What `GET /v1/cluster` says, as far as tests look at it. */
export interface ClusterView {
  readonly view: number;
  readonly status: string;
  /** The member that leads; null in a view change. */
  readonly primary: string | null;
  readonly commit: number;
  readonly reachable: number;
  readonly canLose: number;
  readonly members: readonly MemberView[];
}

/** One member of the cluster. */
export interface MemberView {
  readonly id: string;
  readonly status: string;
  readonly view: number;
  readonly commit: number;
}

/** Reads the answer. Throws when a field is missing. */
export function clusterViewOf(body: Fields): ClusterView {
  const quorum = fieldsIn(body, "quorum");
  return {
    view: numberIn(body, "view"),
    status: textIn(body, "status"),
    primary: body["primary"] === null ? null : textIn(body, "primary"),
    commit: numberIn(body, "commit"),
    reachable: numberIn(quorum, "reachable"),
    canLose: numberIn(quorum, "canLose"),
    members: listIn(body, "members").map((member) => ({
      id: textIn(member, "id"),
      status: textIn(member, "status"),
      view: numberIn(member, "view"),
      commit: numberIn(member, "commit"),
    })),
  };
}
