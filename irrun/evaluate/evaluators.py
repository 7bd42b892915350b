"""The evaluators of one program, over one memory and one frame cache."""

from irrun.evaluate.environment import Environment, Memory, Signals
from irrun.evaluate.fields.evaluator import FieldEvaluator
from irrun.evaluate.frame_cache import FrameCache
from irrun.evaluate.nodes import NodeEvaluator
from irrun.evaluate.operations.transforms import ChainRunner
from irrun.evaluate.scene.cameras import CameraEvaluator
from irrun.evaluate.scene.meshes import MeshBuilder
from irrun.evaluate.signals.evaluator import SignalEvaluator
from irrun.evaluate.state.cells import CellFinder
from irrun.ir.tables import Tables


class Evaluators:
    """What evaluates expressions, cameras and meshes, wired to memory, cache and environment."""

    def __init__(
        self,
        tables: Tables,
        memory: Memory,
        cache: FrameCache,
        env: Environment,
        signals: Signals | None = None,
    ) -> None:
        self.env = env
        finder = CellFinder(memory)
        self.chains = ChainRunner(tables, finder, env)
        self.signals = SignalEvaluator(tables, finder, self.chains, cache, env)
        self.nodes = NodeEvaluator(tables, finder, env)
        self.cameras = CameraEvaluator(tables, env)
        self.meshes = MeshBuilder(tables, env)
        asked = self.signals if signals is None else signals
        self.fields = FieldEvaluator(tables, asked, finder, cache, env)
