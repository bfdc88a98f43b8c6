declare module "redoc/bundles/redoc.standalone.js" {
  const redoc: unknown;
  export default redoc;
}
