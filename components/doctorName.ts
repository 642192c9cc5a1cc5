/** Name of the doctor in the cluster: of its Deployment, its service account and its label `app`. */
export const DOCTOR_NAME = "tracing-doctor";

/** Name of its server: of its Deployment, its Service and its label `app`. */
export const DOCTOR_SERVER_NAME = "tracing-doctor-server";
