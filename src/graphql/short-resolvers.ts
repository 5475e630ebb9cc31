import { isObjectType, type GraphQLFieldResolver, type GraphQLObjectType, type GraphQLSchema } from "graphql";
import { getMetadataStorage } from "type-graphql";
import type { Context } from "./context.ts";

type FieldResolverMetadata = ReturnType<typeof getMetadataStorage>["fieldResolvers"][number];
type Resolve = GraphQLFieldResolver<unknown, Context>;

/**
 * type-graphql puts a function of its own before every property and method, which makes five objects a call: on an answer of 1,000
 * rows that is a third of the time. Properties go back to the default (which compiled code reads without a call), methods that take the
 * object and the context alone are called directly. Fields with arguments keep type-graphql's resolver: it makes the argument objects.
 * Runs before the access rules, which wrap what stands here.
 */
export function shortenResolvers(schema: GraphQLSchema, instances: ReadonlyMap<unknown, object>): void {
  const { fieldResolvers, objectTypes, interfaceTypes } = getMetadataStorage();
  const nameOf = new Map<unknown, string>([...objectTypes, ...interfaceTypes].map(({ target, name }) => [target, name]));
  const renamed = new Set(
    [...objectTypes, ...interfaceTypes].flatMap(({ fields = [] }) =>
      fields.filter((f) => f.name !== f.schemaName).map((f) => f.schemaName),
    ),
  );
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
  const resolverOf = (type: GraphQLObjectType, field: string): FieldResolverMetadata | undefined => {
    const owners = new Set([type.name, ...type.getInterfaces().map(({ name }) => name)]);
    return fieldResolvers.find((one) => one.schemaName === field && owners.has(nameOf.get(one.getObjectType?.()) ?? ""));
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith("__") || roots.has(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const metadata = resolverOf(type, field.name);
      if (metadata) {
        const direct = directCall(metadata, instances.get(metadata.target));
        if (direct) field.resolve = direct;
      } else if (!renamed.has(field.name)) {
        if (type.name.endsWith("Connection")) field.resolve = property(field.name);
        else delete field.resolve;
      }
    }
  }
}

/** For objects whose properties are promises: compiled code awaits what a resolver answers, not what it reads itself. */
function property(name: string): Resolve {
  return (source) => (source as Record<string, unknown>)[name];
}

/** Null where the method takes more than the object and the context. */
function directCall({ methodName, params = [], middlewares = [] }: FieldResolverMetadata, instance: object | undefined): Resolve | null {
  const method: unknown = instance && Reflect.get(instance, methodName);
  if (typeof method !== "function" || middlewares.length > 0) return null;
  const takes = [...params]
    .sort((a, b) => a.index - b.index)
    .map((param) => ((param.kind === "root" || param.kind === "context") && param.propertyName === undefined ? param.kind : null));
  const [first, second] = takes;
  if (takes.length === 1 && first === "root") return (source) => method.call(instance, source);
  if (takes.length === 2 && first === "root" && second === "context")
    return (source, _args, context) => method.call(instance, source, context);
  return null;
}
