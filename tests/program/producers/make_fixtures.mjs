// Writes the fixtures next to this file with the packages that real producers use, and
// expected.json. Run: npm ci && node make_fixtures.mjs. Every run writes the same bytes.

import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { encode as encode3 } from "@msgpack/msgpack";
import { encode as encode2 } from "@msgpack/msgpack-2";
import { Packr } from "msgpackr";

// ---- The program: the "larger program" example of the format reference (20.2) ----
// Constant pools are typed arrays. Some optional fields are present and undefined, the way a
// compiler leaves them: apart from those, the document says what the example says.

const type = (world, domain) => ({ world, domain });
const signal = type("signal", "number");

const exampleConstants = () => ({
  json: [[{ x: 10, y: 20 }, { x: 30, y: 40 }], 1, "#ff8800"],
  f64: new Float64Array([1000, 0.25]),
  f32: new Float32Array([0.5]),
  i32: new Int32Array([-1]),
  constIndex: [
    { k: "json", idx: 0 }, { k: "json", idx: 1 }, { k: "json", idx: 2 },
    { k: "f64", idx: 0 }, { k: "f64", idx: 1 }, { k: "f32", idx: 0 }, { k: "i32", idx: 0 },
  ],
});

function program(constants = exampleConstants()) {
  // This object and `signal` stand in several places, which only structured clone writes down.
  const timeModel = {
    kind: "finite", durationMs: 4000,
    cuePoints: [{ id: "cue-1", label: "half", tMs: 2000, behavior: "snap" }],
  };
  return {
    irVersion: 1, patchId: "example-large", patchRevision: 3, compileId: "c-0002", seed: 42,
    timeModel,
    types: { typeIds: [] },
    nodes: { nodes: [
      { id: "node-lerp", typeId: 0, inputCount: 3, outputCount: 1, opcodeId: 133,
        compilerTag: undefined },
    ] },
    buses: { buses: [
      { id: "bus-energy", type: signal, combine: { mode: "sum" }, defaultValueConstId: 1,
        reservedRole: "energy" },
    ] },
    lenses: { lenses: [] }, adapters: { adapters: [] },
    cameras: undefined, defaultCameraId: undefined, meshes: undefined,
    transforms: { chains: [
      { fromType: signal, toType: signal, cost: "cheap",
        steps: [{ kind: "scaleBias", scale: 2, bias: 0.5 },
                { kind: "normalize", mode: "0..1" },
                { kind: "ease", curveId: 6 }] },
    ] },
    fields: {
      nodes: [
        { kind: "const", type: type("field", "vec2"), constId: 0 },
        { kind: "broadcastSig", type: type("field", "number"), sig: 4, domainSlot: 10 },
        { kind: "const", type: type("field", "color"), constId: 2 },
      ],
      materialization: undefined,
    },
    signalTable: { nodes: [
      { kind: "timeModelMs", type: type("signal", "timeMs") },
      { kind: "const", type: signal, constId: 3 },
      { kind: "zip", type: signal, a: 0, b: 1, fn: { kind: "opcode", opcode: 103 } },
      { kind: "stateful", type: signal, op: "integrate", input: 2, stateId: "state-acc",
        params: undefined },
      { kind: "transform", type: signal, src: 3, chain: 0 },
      { kind: "const", type: signal, constId: 1 },
      { kind: "busCombine", type: signal, busIndex: 0, terms: [2, 4],
        combine: { mode: "average", default: 0 } },
      { kind: "inputSlot", type: signal, slot: 3 },
    ] },
    constants,
    stateLayout: {
      cells: [{ stateId: "state-acc", storage: "f64", offset: 0, size: 1,
                nodeId: "node-integrate", role: "accumulator", initialConstId: 4,
                policy: "timeMs" }],
      f64Size: 1, f32Size: 0, i32Size: 0,
    },
    slotMeta: slotMeta(),
    schedule: {
      steps: steps(timeModel),
      stepIdToIndex: { "s-time": 0, "s-sig": 1, "s-node": 2, "s-bus": 3, "s-sig2": 4,
                       "s-mat-pos": 5, "s-mat-size": 6, "s-mat-color": 7, "s-render": 8,
                       "s-probe": 9 },
      deps: {
        slotProducerStep: { 0: "s-time", 1: "s-time", 2: "s-time", 3: "s-sig", 8: "s-bus" },
        slotConsumers: { 3: ["s-node", "s-sig2"], 4: ["s-node"], 2: ["s-node"] },
        busDependsOnSlots: { 0: [6, 7] }, busProvidesSlot: { 0: 8 },
        exprDependsOnExpr: undefined, exprDependsOnSlots: undefined,
      },
      determinism: {
        allowedOrderingInputs: [{ kind: "busPublisherSortKey" }, { kind: "publisherIdTieBreak" }],
        topoTieBreak: "nodeIndex",
      },
      caching: {
        stepCache: { "s-node": { kind: "untilInvalidated", deps: [{ kind: "slot", slot: 3 }] } },
        materializationCache: { "mat-pos": { kind: "perFrame" } },
      },
      initialSlotValues: { 10: { kind: "domain", count: 2, elementIds: ["a", "b"] } },
    },
    outputs: [{ id: "frame", kind: "renderFrame", slot: 21, label: "Frame" }],
    meta: {
      sourceMap: {},
      names: { nodes: { "node-lerp": "Lerp" }, buses: { "bus-energy": "Energy" },
               steps: { "s-time": "time" } },
      warnings: undefined,
    },
  };
}

function slotMeta() {
  const number = (slot) => ({ slot, storage: "f64", offset: slot, type: signal });
  const time = (slot) => ({ slot, storage: "f64", offset: slot, type: type("signal", "timeMs") });
  const object = (slot, kind) => ({ slot, storage: "object", offset: slot, type: kind });
  return [
    time(0), time(1), number(2), number(3), number(4), number(5), number(6), number(7),
    { slot: 8, storage: "f32", offset: 0, type: signal },
    object(10, type("special", "domain")),
    object(11, type("field", "vec2")),
    object(12, type("field", "number")),
  ];
}

function steps(timeModel) {
  const materialize = (name, dep, fieldExprId, outBufferSlot, components, elementType) => ({
    id: `s-mat-${name}`, kind: "materialize", deps: [dep],
    materialization: { id: `mat-${name}`, fieldExprId, domainSlot: 10, outBufferSlot,
                       format: { components, elementType }, policy: "perFrame" },
  });
  return [
    { id: "s-time", kind: "timeDerive", deps: [], cacheKey: undefined, label: undefined,
      tAbsMsSlot: 0, timeModel,
      out: { tModelMs: 1, phase01: undefined, wrapEvent: undefined, progress01: 2 } },
    { id: "s-sig", kind: "signalEval", deps: ["s-time"],
      outputs: [{ sigId: 2, slot: 3 }, { sigId: 4, slot: 4 }, { sigId: 5, slot: 5 },
                { sigId: 6, slot: 6 }] },
    { id: "s-node", kind: "nodeEval", deps: ["s-sig"], nodeIndex: 0, inputSlots: [3, 4, 2],
      outputSlots: [7], stateReads: undefined, stateWrites: undefined, phase: "preBus" },
    { id: "s-bus", kind: "busEval", deps: ["s-sig", "s-node"], busIndex: 0, outSlot: 8,
      publishers: [
        { publisherId: "pub-a", enabled: true, sortKey: 0, srcSlot: 6, transform: { chainId: 0 } },
        { publisherId: "pub-b", enabled: true, sortKey: 1, srcSlot: 7, transform: undefined },
        { publisherId: "pub-c", enabled: false, sortKey: 2, srcSlot: 99, transform: undefined }],
      combine: { mode: "sum" }, silent: { kind: "const", constId: 4 }, busType: signal },
    { id: "s-sig2", kind: "signalEval", deps: ["s-sig"], outputs: [{ sigId: 7, slot: 20 }] },
    materialize("pos", "s-time", "0", 11, 2, "f32"),
    materialize("size", "s-sig", "1", 12, 1, "f32"),
    materialize("color", "s-time", "2", 14, 4, "u8"),
    { id: "s-render", kind: "renderAssemble",
      deps: ["s-sig", "s-bus", "s-mat-pos", "s-mat-size", "s-mat-color"],
      instance2dBatches: [{ kind: "instance2d", count: 0, domainSlot: 10, posXYSlot: 11,
                            sizeSlot: 12, colorRGBASlot: 14, opacitySlot: 5 }],
      pathBatches: [], instance2dListSlot: undefined, pathBatchListSlot: undefined,
      outFrameSlot: 21 },
    { id: "s-probe", kind: "debugProbe", deps: ["s-bus"],
      probe: { id: "probe:bus:0", slots: [8], mode: "value" } },
  ];
}

// ---- Variants of the program ----

// The constants.json entries follow the example's own three, so that constIndex stays right.
function specialNumbers() {
  const constants = exampleConstants();
  constants.json.push(2 ** 53, 1e21, 4294967296, -0, null);
  constants.f64 = new Float64Array([NaN, Infinity, -Infinity, -0, 5e-324, 1.7976931348623157e308]);
  constants.f32 = new Float32Array([0.1, NaN]);
  constants.i32 = new Int32Array([-2147483648, 2147483647]);
  return program(constants);
}

function withJsonConstant(value) {
  const constants = exampleConstants();
  constants.json.push(value);
  return program(constants);
}

function withLists(document) {
  const { f64, f32, i32 } = document.constants;
  Object.assign(document.constants,
                { f64: Array.from(f64), f32: Array.from(f32), i32: Array.from(i32) });
  return document;
}

function withBuffer(document) {
  document.constants.f64 = Buffer.from(document.constants.f64.buffer);
  return document;
}

// An integer-keyed Map of one handle and two numbers.
function withSlotMap(document) {
  document.schedule.initialSlotValues = new Map([
    [10, { kind: "domain", count: 2, elementIds: undefined }], [3, 0.5], [20, 7],
  ]);
  return document;
}

// ---- Producers ----

const pack = (options, document) => new Packr(options).pack(document);

// With moreTypes off, msgpackr leaves most bytes of a wide typed array unwritten: they are what
// the memory held before. Packing into zeroed memory makes them zeros on every run.
function packIntoZeros(options, document) {
  const packr = new Packr(options);
  packr.useBuffer(Buffer.alloc(65536));
  return packr.pack(document);
}

// ---- Expected constants ----

function pools(document, wire = (numbers) => [...numbers]) {
  const { f64, f32, i32 } = document.constants;
  return { f64: wire(f64), f32: wire(f32), i32: wire(i32) };
}

// JSON writes null for what is not finite, which reads as NaN, and 0 for minus zero.
const throughJson = (numbers) => Array.from(numbers, (n) => (Number.isFinite(n) ? n + 0 : NaN));

// Each element cut to eight bits, one after the other; zeros behind them.
function throughBrokenBin(numbers) {
  const bytes = new Uint8Array(numbers.byteLength);
  bytes.set(numbers);
  return [...new numbers.constructor(bytes.buffer)];
}

const spell = (n) => (Object.is(n, -0) ? "-0" : Number.isFinite(n) ? n : String(n));

// ---- Fixtures ----

const expected = {};

function write(name, bytes, entry) {
  writeFileSync(new URL(name, import.meta.url), bytes);
  expected[name] = { ...entry, sha256: createHash("sha256").update(bytes).digest("hex") };
}

function loads(name, bytes, why, constants = pools(program())) {
  const spelled = Object.fromEntries(
    Object.entries(constants).map(([pool, numbers]) => [pool, numbers.map(spell)]));
  write(name, bytes, { loads: true, why, constants: spelled });
}

const refused = (name, bytes, why) => write(name, bytes, { loads: false, why, constants: null });

loads("msgpack-3.msgpack", encode3(program()), "typed arrays as bin, undefined as nil");
loads("msgpack-2.msgpack", encode2(program()), "typed arrays as bin, undefined as nil");
loads("msgpack-3-ignore-undefined.msgpack", encode3(program(), { ignoreUndefined: true }),
      "undefined members left out");
loads("msgpack-3-float32.msgpack", encode3(program(), { forceFloat32: true }),
      "fractions as float32; bins keep their bytes");
loads("msgpack-3-force-int-to-float.msgpack", encode3(program(), { forceIntegerToFloat: true }),
      "every integer as float64");

const maps = { useRecords: false };
loads("msgpackr-more-types.msgpack", pack({ ...maps, moreTypes: true }, program()),
      "typed arrays as ext 0x74, undefined as ext 0x00");
loads("msgpackr-lists.msgpack", pack(maps, withLists(program())), "typed arrays as lists");
loads("msgpackr-map-integer-keys.msgpack", pack(maps, withSlotMap(withLists(program()))),
      "integer keys in initialSlotValues");
loads("msgpackr-broken-bin.msgpack", packIntoZeros(maps, program()),
      "bins of the right length with wrong bytes: loads, and no reader can tell",
      pools(program(), throughBrokenBin));
refused("msgpackr-records.msgpack", pack({}, withLists(program())), "records, ext 0x72");
refused("msgpackr-records-more-types.msgpack", pack({ moreTypes: true }, program()),
        "records, ext 0x72");
refused("msgpackr-structured-clone.msgpack", pack({ structuredClone: true }, program()),
        "records, ext 0x72, and repeated objects, ext 0x69 and 0x70");
refused("msgpackr-shared-structures.msgpack", pack({ structures: [] }, withLists(program())),
        "records; the first 32 definitions are not in the data");

loads("stringify.json", JSON.stringify(program()), "typed arrays as index-keyed objects");
loads("stringify-lists.json", JSON.stringify(withLists(program())), "typed arrays as lists");
loads("stringify-buffer.json", JSON.stringify(withBuffer(program())),
      "f64 as a Node Buffer record of its raw bytes");

loads("special-numbers.msgpack", encode3(specialNumbers()), "bins keep every bit",
      pools(specialNumbers()));
loads("special-numbers.json", JSON.stringify(specialNumbers()),
      "not finite becomes null, which reads as NaN; minus zero becomes 0",
      pools(specialNumbers(), throughJson));

refused("extension-timestamp.msgpack", encode3(withJsonConstant(new Date(0))),
        "Date, ext 0xff (timestamp)");
refused("extension-set.msgpack",
        pack({ ...maps, moreTypes: true }, withJsonConstant(new Set([1]))), "Set, ext 0x73");

writeFileSync(new URL("expected.json", import.meta.url), JSON.stringify(expected, null, 2) + "\n");
