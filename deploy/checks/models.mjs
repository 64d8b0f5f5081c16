// Validates objects of Istio, the Gateway API and the Prometheus Operator by the models that
// @kubernetes-models made from their CRDs. Reads a JSON list of objects from standard input, writes a JSON
// list of what is wrong with each (an empty text: nothing). Argument: the folder of node_modules.
//
// The models let unknown fields pass, where a cluster drops them or refuses the object. But a validator
// reads every field that its model has, so a field that it did not read is one that does not exist.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const modules = process.argv[2];
const packages = ["istio", "gateway-api", "prometheus-operator"];

/** The validator of a kind, from the package that has its group. */
async function validator({ apiVersion, kind }) {
  for (const name of packages) {
    const model = join(modules, "@kubernetes-models", name, apiVersion, `${kind}.js`);
    if (!existsSync(model)) continue;
    const imported = readFileSync(model, "utf8").match(/from"([^"]*_schemas\/[^"]*)"/)[1];
    return (await import(new URL(imported, pathToFileURL(model)))).validate;
  }
  return null;
}

/** The same value, whose fields are noted by their paths when they are read. */
function watched(value, path, read) {
  if (typeof value !== "object" || value === null) return value;
  return new Proxy(value, {
    get(target, key) {
      const below = `${path}/${String(key)}`;
      read.add(below);
      return watched(target[key], below, read);
    },
  });
}

/** Fields of an object by their paths, but what every object has in its metadata. */
function* fields(value, path) {
  if (typeof value !== "object" || value === null || path === "/metadata") return;
  for (const [key, below] of Object.entries(value)) {
    yield `${path}/${key}`;
    yield* fields(below, `${path}/${key}`);
  }
}

async function problems(object) {
  const validate = await validator(object);
  if (!validate) return `no schema for ${object.kind} of ${object.apiVersion}`;
  const read = new Set();
  const found = [];
  if (!validate(watched(object, "", read))) {
    for (const error of validate.errors) {
      found.push(`${error.instancePath} breaks ${error.schemaPath} ${JSON.stringify(error.params)}`);
    }
    return found.join("; ");
  }
  for (const path of fields(object, "")) {
    if (!read.has(path)) found.push(`${path} is unknown`);
  }
  return found.join("; ");
}

const answers = [];
for (const object of JSON.parse(readFileSync(0, "utf8"))) answers.push(await problems(object));
console.log(JSON.stringify(answers));
